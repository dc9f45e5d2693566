namespace Orchestrator.UnitTests.Execution.Redaction;

/// <summary>Private keys, signed tokens, and credentials inside addresses and headers.</summary>
internal static class LabelledKeys
{
    public const string Text = """
        == rsa-private-key
        -----BEGIN RSA PRIVATE «KEY»-----↵
        MIIEpAIBAAKCAQEA«b64:48»↵
        «pem:1140»↵
        -----END RSA PRIVATE «KEY»-----
        $ cat «word».pem↵
        -----BEGIN RSA PRIVATE «KEY»-----↵
        MIICXAIBAAKBgQ«b64:50»↵
        «pem:560»↵
        -----END RSA PRIVATE «KEY»-----
        +++ b/certs/«word».key↵
        @@ -0,0 +1,28 @@↵
        +-----BEGIN RSA PRIVATE «KEY»-----↵
        +MIIEowIBAAKCAQEA«b64:48»↵
        +«b64:64»↵
        +«b64:64»↵
        +«b64:62»==↵
        +-----END RSA PRIVATE «KEY»-----
        == ec-private-key
        -----BEGIN EC PRIVATE «KEY»-----↵
        MHcCAQEEI«b64:55»↵
        «pem:73»↵
        -----END EC PRIVATE «KEY»-----
          signing_key: |↵
            -----BEGIN EC PRIVATE «KEY»-----↵
            MHcCAQEEI«b64:55»↵
            «b64:64»↵
            «b64:35»=↵
            -----END EC PRIVATE «KEY»-----
        == openssh-private-key
        -----BEGIN OPENSSH PRIVATE «KEY»-----↵
        b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQ«b64:28»↵
        «pem:260-360»↵
        -----END OPENSSH PRIVATE «KEY»-----
        $ cat ~/.ssh/id_ed25519↵
        -----BEGIN OPENSSH PRIVATE «KEY»-----↵
        b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQ«b64:28»↵
        «pem:250»↵
        -----END OPENSSH PRIVATE «KEY»-----
        == pkcs8-private-key
        -----BEGIN PRIVATE «KEY»-----↵
        «MIGHAgEAMBMGByqGSM49|MIIEvQIBADANBgkqhkiG9w0B»«b64:40»↵
        «pem:90-1170»↵
        -----END PRIVATE «KEY»-----
        -----BEGIN ENCRYPTED PRIVATE «KEY»-----↵
        MIIFHDBOBgkqhkiG9w0BBQ0w«b64:40»↵
        «pem:1250»↵
        -----END ENCRYPTED PRIVATE «KEY»-----
        JWT_PRIVATE_KEY="-----BEGIN PRIVATE «KEY»-----\nMIGHAgEAMBMGByqGSM49«b64:44»\n«pemjson:90»\n-----END PRIVATE «KEY»-----"
        == pgp-private-key
        -----BEGIN PGP PRIVATE «KEY» BLOCK-----↵
        «|Version: GnuPG v2»↵
        «pem:700-1100»↵
        =«b64:4»↵
        -----END PGP PRIVATE «KEY» BLOCK-----
        == age-secret-key
        # created: «time»↵
        # public key: age1«lower:58»↵
        AGE-SECRET-KEY-1«bech32:58»
        SOPS_AGE_KEY=AGE-SECRET-KEY-1«bech32:58»
        == jwt
        @name «ACCESS|ID|SESSION|SERVICE»_TOKEN
        @value «base64url={"alg":"«HS256|ES256»","typ":"JWT"}».«base64url={"sub":"«digits:10»","name":"«person»","iat":17«digits:8»}».«url:43»
        @value «base64url={"alg":"RS256","kid":"«url:20»"}».«base64url={"iss":"https://«host»/","aud":"«noun»s","exp":18«digits:8»,"scope":"read:«noun»s"}».«url:342»
        @use named bare header
        Cookie: session=«value»
        == url-password
        https://«user»:«plainpassword»@«host»/«noun»s.git
        fatal: unable to access 'https://«user»:«plainpassword»@git.«word».com/«word».git/': Could not resolve host
        «time» INFO proxy http://«user»:«plainpassword»@«host»:«port» in use
        pip install --index-url https://«user»:«plainpassword»@«host»/simple «word»
        ftp://«user»:«plainpassword»@«ip»/«noun»s/
        == broker-url
        amqp«|s»://«user»:«plainpassword»@«host»:5672/«|%2f|«word»»
        CELERY_BROKER_URL=redis://:«plainpassword»@«host»:6379/«digits:1»
        «time» ERROR Connect failed: redis://default:«plainpassword»@«host»:6379
        spring.rabbitmq.addresses=amqp://«user»:«plainpassword»@«host»
        == mongodb-url
        MONGO_URL=mongodb+srv://«user»:«plainpassword»@«word».«lower:5».mongodb.net/«noun»s?retryWrites=true
        mongoose.connect('mongodb://«user»:«plainpassword»@«host»:27017/«noun»s');
        MongoServerError: bad auth for mongodb://«user»:«plainpassword»@«ip»:27017
        == postgres-url
        DATABASE_URL=postgres«|ql»://«user»:«plainpassword»@«host»:5432/«noun»s
        psql "postgresql://«user»:«plainpassword»@«host»/«noun»s?sslmode=require"
        sqlalchemy.url = postgresql+psycopg2://«user»:«plainpassword»@«ip»/«noun»s
        «time» INFO migrate: connecting to postgres://«user»:«plainpassword»@«host»:5432/«noun»s?sslmode=disable
        == postgres-connection
            "Default": "Host=«host»;Port=5432;Database=«noun»s;Username=«user»;Password=«plainpassword»"
        ConnectionStrings__Default=Host=«host»;Username=«user»;Password=«plainpassword»;Database=«noun»s;Pooling=true
        var connection = new NpgsqlConnection("Server=«ip»;User Id=«user»;Password=«plainpassword»;Database=«noun»s;");
        host=«host» port=5432 dbname=«noun»s user=«user» password=«plainpassword» sslmode=require
        PGPASSWORD=«plainpassword» pg_dump -h «host» -U «user» «noun»s > dump.sql
        == sqlserver-connection
            "DefaultConnection": "Server=tcp:«word».database.windows.net,1433;Initial Catalog=«noun»s;User ID=«user»;Password=«password»;Encrypt=True;"
        Data Source=«host»;Initial Catalog=«Noun»s;User Id=sa;Password=«password»;TrustServerCertificate=True
        <add name="Main" connectionString="Server=«host»;Database=«Noun»s;Uid=«user»;Pwd=«plainpassword»;" providerName="System.Data.SqlClient" />
        sqlcmd -S «host» -U sa -P '«password»' -Q "SELECT 1"
        MSSQL_SA_PASSWORD=«password»
        == npmrc
        //«host»/:_authToken=«apikey»
        registry=https://«host»/repository/npm/↵
        _auth=«base64=«user»:«password»»↵
        always-auth=true
        //«host»/repository/npm-private/:_password="«base64=«password»»"
        //npm.pkg.github.com/:_authToken=«hex:40»
        == netrc
        machine «host» login «user» password «plainpassword»
        machine «host»↵
          login «user»↵
          password «plainpassword»
        $ cat ~/.netrc↵
        machine git.«word».com login oauth2 password «alnum:40»
        == basic-auth
        curl -u «user»:«plainpassword» https://«host»/«noun»s
        curl -sSf --user "«user»:«password»" -o out.json https://«host»/v2/«noun»s
        Authorization: Basic «base64=«user»:«password»»
        > GET /«noun»s HTTP/1.1↵
        > Host: «host»↵
        > Authorization: Basic «base64=«user»:«plainpassword»»
        curl -H 'Authorization: Basic «base64=«user»:«plainpassword»»' https://«host»/
        == curl-bearer
        curl -H "Authorization: Bearer «apikey»" https://«host»/v1/«noun»s
        curl -X POST https://«host»/«noun»s -H 'X-API-Key: «apikey»' -d '{"name":"«word»"}'
        curl -s --header "Authorization: ApiKey «apikey»" "https://«host»:9200/_search"
        + curl -fsSL -H 'Authorization: Bearer «apikey»' https://«host»/«noun»s/«digits:3»
        http GET https://«host»/«noun»s "Authorization:Bearer «apikey»"
        == http-log
        «time» DEBUG > GET /«noun»s HTTP/1.1↵
        «time» DEBUG > authorization: Bearer «apikey»
        {"level":"debug","msg":"request","headers":{"accept":"*/*","authorization":"Bearer «apikey»","user-agent":"«word»/«ver»"}}
        «ip» - - [«date»] "GET /«noun»s?api_key=«apikey» HTTP/1.1" 200 «digits:4»
        «time» INFO GET https://«host»/oauth/callback?access_token=«apikey»&state=«word»
        DEBUG:urllib3.connectionpool:https://«host»:443 "GET /v1/«noun»s?token=«apikey» HTTP/1.1" 200 None
        X-Auth-Token: «apikey»
        """;
}

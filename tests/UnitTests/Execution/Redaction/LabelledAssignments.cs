namespace Orchestrator.UnitTests.Execution.Redaction;

/// <summary>Passwords and keys of no issuer's shape: only the name beside the value says what it is.</summary>
internal static class LabelledAssignments
{
    public const string Text = """
        == env-password
        @name «DB|SMTP|ADMIN|REDIS|POSTGRES|MYSQL_ROOT|RABBITMQ|KEYCLOAK|LDAP_BIND|ELASTIC»_«PASSWORD|PASSWORD|PASS»
        «ENV»=«plainpassword»
        «ENV»="«password»"
        APP_ENV=production↵
        «ENV»='«password»'↵
        APP_PORT=8080
        +«ENV»=«plainpassword»
        == env-api-key
        @name «WEATHER|MAPBOX|ALGOLIA|SEGMENT|PARTNER|INTERNAL|BILLING»_«API_KEY|SECRET|SECRET_KEY|ACCESS_TOKEN|CLIENT_SECRET»
        «ENV»=«apikey»
        «ENV»="«apikey»"
        # «sentence»↵
        «ENV»=«apikey»
        -«ENV»=«apikey»
        == yaml
        @name «DB_|SMTP_|ADMIN_|»«PASSWORD|PASSWORD|SECRET»
        «snake»: «plainpassword»
          «camel»: "«password»"
        datasource:↵
          url: jdbc:postgresql://«host»:5432/«noun»s↵
          username: «user»↵
          password: «plainpassword»
        auth:↵
          client_id: «word»-«word»↵
          client_secret: «apikey»
          api_key: '«apikey»'
        == json
        @name «DB_|ADMIN_|USER_|»PASSWORD
        {"username":"«user»","password":"«password»"}
            "«camel»": "«password»",
          "ApiKey": "«apikey»",
          "client_secret": "«apikey»",
        {"grant_type":"client_credentials","client_id":"«word»","client_secret":"«apikey»"}
            "JwtSecret": "«alnum:32-64»"
        == csharp
        private const string Password = "«password»";
        var apiKey = "«apikey»";
        options.ClientSecret = "«apikey»";
        services.AddClient(o => o.ApiKey = "«apikey»");
        public static readonly string SigningKey = "«base64:32»";
        Credentials = new NetworkCredential("«user»", "«password»"),
        new SmtpSettings { User = "«user»", Password = "«password»" }
        == python
        @name «DB_|ADMIN_|»PASSWORD
        «ENV» = "«password»"
        SECRET_KEY = 'django-insecure-«alnum:50»'
        api_key = "«apikey»"
            client = Client(user="«user»", password="«password»")
        conn = psycopg2.connect(host="«host»", user="«user»", password='«password»')
        requests.get(url, headers={"X-Api-Key": "«apikey»"})
        config["«snake»"] = "«password»"
        == javascript
        const password = '«password»';
        const apiKey = "«apikey»";
        module.exports = { secret: '«apikey»' };
          clientSecret: "«apikey»",
        axios.defaults.headers.common['X-Api-Key'] = '«apikey»';
        const pool = mysql.createPool({ host: '«host»', user: '«user»', password: '«password»' });
        app.use(session({ secret: '«alnum:24-40»', resave: false }));
        == shell-export
        @name «DB|REDIS|ADMIN|DEPLOY|BACKUP»_«PASSWORD|SECRET|TOKEN|API_KEY»
        export «ENV»=«apikey»
        export «ENV»='«password»'
        + export «ENV»=«plainpassword»
        «ENV»=«plainpassword» ./run.sh
        set -gx «ENV» "«password»"
        setx «ENV» "«plainpassword»"
        == dockerfile-env
        @name «POSTGRES|MYSQL|ADMIN|APP|REDIS»_«PASSWORD|SECRET|API_KEY»
        ENV «ENV»=«plainpassword»
        ENV «ENV» "«password»"
        ARG «ENV»=«apikey»
        FROM node:22-alpine↵
        ENV «ENV»=«apikey»↵
        CMD ["node", "server.js"]
        Step «number:2-9»/12 : ENV «ENV»=«apikey»
        docker run -d -e «ENV»=«plainpassword» -p 5432:5432 «word»:«ver»
        == terraform
          password = "«password»"
        variable "db_password" {↵
          default = "«plainpassword»"↵
        }
          master_password      = "«plainpassword»"
        provider "«word»" {↵
          api_key = "«apikey»"↵
        }
        -/+   password = "«plainpassword»" -> (sensitive value)
        db_admin_password = "«password»"
        == kubernetes-secret
        apiVersion: v1↵
        kind: Secret↵
        metadata:↵
          name: «noun»-db↵
        type: Opaque↵
        data:↵
          password: «base64=«password»»
        kind: Secret↵
        data:↵
          api-key: «base64=«apikey»»↵
        metadata:↵
          name: «word»
        {"apiVersion":"v1","kind":"Secret","data":{"token":"«base64=«apikey»»"},"metadata":{"name":"«word»"}}
        apiVersion: v1↵
        kind: Secret↵
        metadata:↵
          name: «word»-auth↵
        stringData:↵
          password: «plainpassword»
        == docker-compose
        @name «POSTGRES|MYSQL_ROOT|MINIO_ROOT|RABBITMQ_DEFAULT|GF_SECURITY_ADMIN»_«PASSWORD|PASS»
              «ENV»: «plainpassword»
              - «ENV»=«plainpassword»
            environment:↵
              «ENV»: "«password»"
          db:↵
            image: postgres:17↵
            environment:↵
              - POSTGRES_USER=«user»↵
              - «ENV»=«plainpassword»
            command: redis-server --requirepass «plainpassword»
        == ini-and-properties
        spring.datasource.password=«plainpassword»
        [client]↵
        user = «user»↵
        password = «plainpassword»
        jwt.secret=«base64:48»
        mail.smtp.password = «plainpassword»
        keystore.password=«plainpassword»
        [api]↵
        secret_key = "«apikey»"
        == xml-config
        <add key="ApiKey" value="«apikey»" />
        <password>«plainpassword»</password>
        <add key="ClearTextPassword" value="«plainpassword»" />
        <server><id>«word»</id><username>«user»</username><password>«plainpassword»</password></server>
        <property name="hibernate.connection.password">«plainpassword»</property>
        == sql
        CREATE USER «word» WITH PASSWORD '«password»';
        ALTER ROLE «noun»_app PASSWORD '«password»';
        CREATE USER '«word»'@'%' IDENTIFIED BY '«password»';
        CREATE LOGIN «word» WITH PASSWORD = '«password»';
        «time» LOG:  statement: ALTER USER «word» WITH ENCRYPTED PASSWORD '«password»'
        == command-line
        mysql -h «host» -u «user» --password=«plainpassword» «noun»s
        helm upgrade «word» ./chart --set auth.password=«plainpassword»
        kubectl create secret generic «word» --from-literal=password=«plainpassword»
        sshpass -p '«password»' ssh «user»@«host»
        dotnet user-secrets set "Jwt:Key" "«base64:32»"
        docker login «host» --username «user» --password «plainpassword»
        redis-cli -h «host» -a «plainpassword» ping
        openssl pkcs12 -in «word».p12 -passin pass:«plainpassword» -nodes
        gh secret set DEPLOY_KEY --body "«apikey»"
        """;
}

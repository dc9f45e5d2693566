namespace Orchestrator.UnitTests.Execution.Redaction;

/// <summary>Tokens whose shape their issuer documents, or that are known by the name beside them.</summary>
internal static class LabelledTokens
{
    public const string Platforms = """
        == github-classic
        @name «GITHUB|GH|CI|RELEASE»_TOKEN
        @value gh«p|p|o|s|u|r»_«alnum:36»
        @use named bare header
        https://«value»@github.com/«word»/«noun»s.git
        origin  https://x-access-token:«value»@github.com/«word»/«word».git (fetch)
        == github-fine-grained
        @name «GITHUB|GH|BOT»_«TOKEN|PAT»
        @value github_pat_«alnum:22»_«alnum:59»
        @use named bare header
        git clone https://oauth2:«value»@github.com/«word»/«noun»s.git
        == gitlab
        @name «GITLAB|CI_JOB|GL»_TOKEN
        @value gl«pat|pat|pat|dt|ptt»-«url:20»
        @use named bare
        PRIVATE-TOKEN: «value»
        curl --header "PRIVATE-TOKEN: «value»" "https://gitlab.«word».com/api/v4/projects/«digits:4»"
        == slack-token
        @name SLACK_«BOT_TOKEN|TOKEN|APP_TOKEN»
        @value xoxb-«digits:11-13»-«digits:11-13»-«alnum:24»
        @value xoxp-«digits:11-12»-«digits:11-12»-«digits:12-13»-«hex:32»
        @value xapp-1-A«upper:10»-«digits:13»-«hex:64»
        @use named bare header
        == slack-webhook
        @name «SLACK_WEBHOOK|SLACK_URL|NOTIFY_URL»
        @value https://hooks.slack.com/services/T«upper:8-10»/B«upper:8-10»/«alnum:24»
        @use named bare
        curl -X POST -H 'Content-type: application/json' --data '{"text":"«sentence»"}' «value»
        == stripe-live
        @name STRIPE_«SECRET_KEY|API_KEY|KEY»
        @value «sk|sk|rk»_live_«alnum:24»
        @value sk_live_51«alnum:97»
        @use named bare header
        stripe.api_key = "«value»"
        curl https://api.stripe.com/v1/charges -u «value»:
        == stripe-test
        @name STRIPE_«SECRET_KEY|API_KEY|TEST_KEY»
        @value «sk|rk»_test_«alnum:24»
        @value sk_test_51«alnum:97»
        @use named bare header
        == stripe-webhook-secret
        @name STRIPE_«WEBHOOK_SECRET|ENDPOINT_SECRET»
        @value whsec_«alnum:32»
        @use named
        > Ready! Your webhook signing secret is «value» (^C to quit)
        == sendgrid
        @name SENDGRID_«API_KEY|KEY»
        @value SG.«url:22».«url:43»
        @use named bare header
        == mailgun
        @name MAILGUN_«API_KEY|KEY»
        @value key-«hex:32»
        @value «hex:32»-«hex:8»-«hex:8»
        @use named
        curl -s --user 'api:«value»' https://api.mailgun.net/v3/«word».com/messages
        == twilio
        @name TWILIO_«AUTH_TOKEN|API_SECRET»
        @value «hex:32»
        @use named
        client = Client("AC«hex:32»", auth_token="«value»")
        == npm
        @name «NPM|NODE_AUTH|PUBLISH»_TOKEN
        @value npm_«alnum:36»
        @use named bare header
        //registry.npmjs.org/:_authToken=«value»
        == pypi
        @name «PYPI_TOKEN|TWINE_PASSWORD|PYPI_API_TOKEN»
        @value pypi-AgEIcHlwaS5vcmc«url:150-170»
        @use named bare
        twine upload -u __token__ -p «value» dist/*
        == nuget
        @name NUGET_«API_KEY|KEY»
        @value oy2«lower:43»
        @use named bare
        dotnet nuget push «Noun»s.«ver».nupkg --api-key «value» --source https://api.nuget.org/v3/index.json
        == docker-hub
        @name «DOCKER_PASSWORD|DOCKERHUB_TOKEN|DOCKER_TOKEN»
        @value dckr_pat_«url:27»
        @use named bare
        docker login -u «user» -p «value»
        == docker-config
        {"auths":{"https://index.docker.io/v1/":{"auth":"«base64=«user»:«plainpassword»»"}}}
        {↵
          "auths": {↵
            "registry.«word».«zone»": {↵
              "auth": "«base64=«user»:«password»»"↵
            }↵
          }↵
        }
        == telegram
        @name TELEGRAM_«BOT_TOKEN|TOKEN»
        @value «digits:9-10»:AA«url:33»
        @use named bare
        POST https://api.telegram.org/bot«value»/sendMessage 200
        == discord-bot
        @name DISCORD_«TOKEN|BOT_TOKEN»
        @value «M|N|O»«url:23-25».«url:6».«url:27-38»
        @use named bare
        client.run("«value»")
        Authorization: Bot «value»
        == discord-webhook
        @name DISCORD_«WEBHOOK|WEBHOOK_URL»
        @value https://«discord.com|discordapp.com»/api/webhooks/1«digits:17-18»/«url:68»
        @use named bare
        == openai
        @name OPENAI_«API_KEY|KEY»
        @value sk-proj-«url:74»T3BlbkFJ«url:74»
        @value sk-«alnum:20»T3BlbkFJ«alnum:20»
        @value sk-svcacct-«url:58»T3BlbkFJ«url:58»
        @use named bare header
        openai.AuthenticationError: Incorrect API key provided: «value».
        == anthropic
        @name ANTHROPIC_«API_KEY|KEY|AUTH_TOKEN»
        @value sk-ant-«api03|api03|admin01»-«url:93»AA
        @use named bare
        x-api-key: «value»
        curl https://api.anthropic.com/v1/messages -H "x-api-key: «value»" -H "anthropic-version: 2023-06-01"
        == hugging-face
        @name «HF|HUGGINGFACE|HUGGING_FACE_HUB»_TOKEN
        @value hf_«alpha:34»
        @use named bare header
        == linear
        @name LINEAR_API_KEY
        @value lin_api_«alnum:40»
        @use named bare
        == postman
        @name POSTMAN_API_KEY
        @value PMAK-«hex:24»-«hex:34»
        @use named bare
        X-Api-Key: «value»
        == atlassian
        @name «JIRA|ATLASSIAN|CONFLUENCE»_«API_TOKEN|TOKEN»
        @value ATATT3xFfGF0«url:171»=«HEX:8»
        @use named bare
        == rubygems
        @name «GEM_HOST_API_KEY|RUBYGEMS_API_KEY»
        @value rubygems_«hex:48»
        @use named bare
        == sentry
        @name SENTRY_AUTH_TOKEN
        @value sntryu_«hex:64»
        @use named bare header
        == shopify
        @name SHOPIFY_«ACCESS_TOKEN|TOKEN»
        @value shp«at|ca|pa|ss»_«hex:32»
        @use named bare
        X-Shopify-Access-Token: «value»
        """;

    public const string Clouds = """
        == aws-access-key-id
        @name AWS_ACCESS_KEY_ID
        @value «AKIA|AKIA|ASIA»«base32:16»
        @use named bare
        [default]↵
        aws_access_key_id = «value»↵
        region = eu-central-1
        Authorization: AWS4-HMAC-SHA256 Credential=«value»/20260«number:1-9»1«digits:1»/us-east-1/s3/aws4_request, SignedHeaders=host
        == aws-secret-key
        @name AWS_SECRET_ACCESS_KEY
        @value «b64:40»
        @use named
        [«default|deploy»]↵
        region = us-east-1↵
        aws_secret_access_key = «value»
            "SecretAccessKey": "«value»",
        AWSSecretKey=«value»
        == aws-session-token
        @name AWS_SESSION_TOKEN
        @value «IQoJb3JpZ2luX2Vj|FwoGZXIvYXdzE»«b64:340-420»==
        @use named
            "SessionToken": "«value»",
        == google-api-key
        @name «GOOGLE|MAPS|FIREBASE|GEMINI»_API_KEY
        @value AIzaSy«url:33»
        @use named bare
        https://maps.googleapis.com/maps/api/geocode/json?address=«Word»&key=«value»
        == google-oauth-secret
        @name GOOGLE_CLIENT_SECRET
        @value GOCSPX-«url:28»
        @use named bare
        == google-access-token
        @name GOOGLE_OAUTH_ACCESS_TOKEN
        @value ya29.a0«url:150-200»
        @use named bare header
        == google-service-account
        @name GOOGLE_CREDENTIALS
        {"type": "service_account", "project_id": "«word»-«digits:6»", "private_key_id": "«hex:40»", "private_key": "-----BEGIN PRIVATE «KEY»-----\nMIIEvQIBADANBgkqhkiG9w0BAQEF«b64:36»\n«pemjson:1170»\n-----END PRIVATE «KEY»-----\n", "client_email": "«word»@«word»-«digits:6».iam.gserviceaccount.com"}
        {↵
          "type": "service_account",↵
          "project_id": "«word»-«digits:6»",↵
          "private_key": "-----BEGIN PRIVATE «KEY»-----\nMIIEvQIBADANBgkqhkiG9w0BAQEF«b64:36»\n«pemjson:1170»\n-----END PRIVATE «KEY»-----\n",↵
          "client_id": "«digits:21»"↵
        }
          "private_key": "-----BEGIN PRIVATE «KEY»-----\nMIIEvQIBADANBgkqhkiG9w0BAQEF«b64:36»\n«pemjson:1170»\n-----END PRIVATE «KEY»-----\n",
        == azure-storage
        @name AZURE_STORAGE_«KEY|ACCOUNT_KEY»
        @value «base64:64»
        @use named
        DefaultEndpointsProtocol=https;AccountName=«word»«digits:3»;AccountKey=«value»;EndpointSuffix=core.windows.net
        AZURE_STORAGE_CONNECTION_STRING="DefaultEndpointsProtocol=https;AccountName=«word»;AccountKey=«value»;EndpointSuffix=core.windows.net"
            "StorageConnection": "DefaultEndpointsProtocol=https;AccountName=«word»logs;AccountKey=«value»;EndpointSuffix=core.windows.net"
        == azure-sas
        https://«word»store.blob.core.windows.net/«noun»s/«uuid».zip?sv=2023-11-03&st=2026-01-«number:10-28»T00%3A00%3A00Z&se=2027-01-«number:10-28»T00%3A00%3A00Z&sr=b&sp=r&sig=«escape=«base64:32»»
        azcopy copy ./dist "https://«word».blob.core.windows.net/«word»?sp=racwdl&se=2026-12-«number:10-28»T17:00:00Z&spr=https&sv=2022-11-02&sr=c&sig=«escape=«base64:32»»"
        == azure-ad-secret
        @name «AZURE|ARM|ENTRA»_CLIENT_SECRET
        @value «alnum:3»«digits:1»Q~«azure:30-33»«alnum:1»
        @use named bare
        az login --service-principal -u «uuid» -p «value» --tenant «uuid»
        == azure-servicebus
        Endpoint=sb://«word».servicebus.windows.net/;SharedAccessKeyName=RootManageSharedAccessKey;SharedAccessKey=«base64:32»
            "ServiceBus": "Endpoint=sb://«word»-«word».servicebus.windows.net/;SharedAccessKeyName=send;SharedAccessKey=«base64:32»;EntityPath=«noun»s"
        «time» INFO connecting to HostName=«word».azure-devices.net;DeviceId=«word»-«digits:2»;SharedAccessKey=«base64:32»
        == azure-devops
        @name «AZURE_DEVOPS_EXT_PAT|SYSTEM_ACCESS_TOKEN|ADO_TOKEN»
        @value «lower:52»
        @use named
        git clone https://build:«value»@dev.azure.com/«word»/_git/«noun»s
        == datadog
        @name «DD_API_KEY|DATADOG_API_KEY»
        @value «hex:32»
        @use named
        DD-API-KEY: «value»
        == datadog-app-key
        @name «DD_APP_KEY|DATADOG_APP_KEY|DD_APPLICATION_KEY»
        @value «hex:40»
        @use named
        DD-APPLICATION-KEY: «value»
        == grafana
        @name GRAFANA_«TOKEN|API_KEY|SA_TOKEN»
        @value glsa_«alnum:32»_«hex:8»
        @value glc_«base64={"o":"«digits:6»","n":"«word»-«word»","k":"«alnum:24»","m":{"r":"eu"}}»
        @use named bare header
        == vault
        @name VAULT_TOKEN
        @value hvs.«url:91-100»
        @value s.«alnum:24»
        @use named
        X-Vault-Token: «value»
        == databricks
        @name DATABRICKS_TOKEN
        @value dapi«hex:32»«|-2|-3»
        @use named bare header
        == cloudflare
        @name «CLOUDFLARE|CF»_API_TOKEN
        @value «url:40»
        @use named header
        == cloudflare-global-key
        @name «CLOUDFLARE|CF»_API_KEY
        @value «hex:37»
        @use named
        X-Auth-Key: «value»
        == digitalocean
        @name «DIGITALOCEAN_TOKEN|DIGITALOCEAN_ACCESS_TOKEN|DO_TOKEN»
        @value do«p|o|r»_v1_«hex:64»
        @use named bare header
        == new-relic
        @name NEW_RELIC_«API_KEY|USER_KEY»
        @value NRAK-«upper:27»
        @use named bare
        == heroku
        @name HEROKU_API_KEY
        @value «uuid»
        @value HRKU-«uuid»
        @use named
        == terraform-cloud
        @name «TFE_TOKEN|TF_TOKEN_app_terraform_io|TF_API_TOKEN»
        @value «alnum:14».atlasv1.«url:60-70»
        @use named bare
        credentials "app.terraform.io" {↵
          token = "«value»"↵
        }
        == pulumi
        @name PULUMI_ACCESS_TOKEN
        @value pul-«hex:40»
        @use named bare
        == doppler
        @name DOPPLER_TOKEN
        @value dp.«pt|st.prd|ct».«alnum:43»
        @use named bare
        """;
}

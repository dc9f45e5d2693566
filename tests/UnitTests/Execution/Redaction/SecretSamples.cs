using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Orchestrator.UnitTests.Execution.Redaction;

/// <summary>
/// Lines with a secret of each kind, put together at run time so that no file holds anything which looks like one. In braces: an alphabet and a length, a UUID
/// (<c>{g}</c>), dashes (<c>{-}</c>) or the base64 of a pair (<c>{pair}</c>).
/// </summary>
internal static partial class SecretSamples
{
    private const string Digits = "0123456789";
    private const string Upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    private const string Lower = "abcdefghijklmnopqrstuvwxyz";

    private static readonly Dictionary<string, string> Alphabets = new(StringComparer.Ordinal)
    {
        ["n"] = Upper + Lower + Digits,
        ["h"] = "0123456789abcdef",
        ["d"] = Digits,
        ["u"] = Upper + "234567",
        ["l"] = Lower + Digits,
        ["b"] = Upper + Lower + Digits + "+/",
        ["w"] = Upper + Lower + Digits + "-_",
        ["x"] = "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L",
        ["t"] = Lower + "234567",
        ["U"] = Upper + Digits,
    };

    /// <summary>Kind and template.</summary>
    public static IReadOnlyList<(string Kind, string Template)> Templates { get; } =
    [
        ("gcp-service-account-key", """{"type": "service_account", "private_key": "{-}BEGIN PRIVATE KEY{-}\n{b64}\n{b64}\n{b40}==\n{-}END PRIVATE KEY{-}\n"}"""),
        ("pgp-private-key", "{-}BEGIN PGP PRIVATE KEY BLOCK{-}\nVersion: GnuPG v2\n\n{b64}\n{b64}\n={b4}\n{-}END PGP PRIVATE KEY BLOCK{-}"),
        ("ssh-private-key", "{-}BEGIN OPENSSH PRIVATE KEY{-}\n{b70}\n{b70}\n{b30}==\n{-}END OPENSSH PRIVATE KEY{-}"),
        ("ssh-private-key", "Private-Lines: 3\n{b64}\n{b64}\n{b40}\nPrivate-MAC: {h40}"),
        ("pem-private-key", "{-}BEGIN RSA PRIVATE KEY{-}\n{b64}\n{b64}\n{b64}\n{-}END RSA PRIVATE KEY{-}"),
        ("pem-private-key", "{-}BEGIN EC PRIVATE KEY{-}\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,{h32}\n\n{b64}\n{b64}\n{-}END EC PRIVATE KEY{-}"),
        ("pem-private-key", "key = \"{-}BEGIN ENCRYPTED PRIVATE KEY{-}\\n{b64}\\n{b64}\\n{-}END ENCRYPTED PRIVATE KEY{-}\\n\""),
        ("xml-private-key", "<RSAKeyValue><D>{b170}==</D></RSAKeyValue>"),
        ("jwk-private-key", """{"kty":"OKP","d":"{w43}"}"""),
        ("age-secret-key", "AGE-SECRET-KEY-1{x58}"),
        ("aws-access-key-id", "aws_access_key_id = AKIA{u16}"),
        ("aws-secret-access-key", "aws_secret_access_key = {b40}"),
        ("aws-secret-access-key", "export AWS_SECRET_ACCESS_KEY=\"{b40}\""),
        ("aws-session-token", "AWS_SESSION_TOKEN={b300}"),
        ("aws-bedrock-key", "ABSK{b120}"),
        ("aws-mws-token", "amzn.mws.{g}"),
        ("github-token", "git clone https://ghp_{n36}@github.com/o/r"),
        ("github-token", "GITHUB_TOKEN: ghs_{n36}"),
        ("github-fine-grained-token", "github_pat_{n22}_{n59}"),
        ("gitlab-token", "glpat-{w19}{n1}"),
        ("bitbucket-app-password", "ATBB{n32}"),
        ("atlassian-token", "ATATT3xFfGF0{w180}"),
        ("atlassian-token", "JIRA_API_TOKEN={n24}"),
        ("slack-token", "xoxb-{d12}-{d12}-{n24}"),
        ("slack-app-token", "xapp-1-A{U10}-{d13}-{h64}"),
        ("slack-webhook", "https://hooks.slack.com/services/T{U10}/B{U10}/{n24}"),
        ("discord-webhook", "https://discord.com/api/webhooks/{d18}/{w68}"),
        ("discord-bot-token", "DISCORD_TOKEN=M{n25}.{w6}.{w38}"),
        ("discord-bot-token", "client.login('N{n23}.{w6}.{w27}');"),
        ("discord-client-secret", "DISCORD_CLIENT_SECRET={n32}"),
        ("telegram-bot-token", "https://api.telegram.org/bot{d10}:AA{w33}/getMe"),
        ("teams-webhook", "https://acme.webhook.office.com/webhookb2/{g}@{g}/IncomingWebhook/{h32}/{g}"),
        ("twitter-bearer-token", "AAAAAAAAAAAAAAAAAAAAA{n30}%2B{n50}"),
        ("facebook-token", "EAAC{n150}"),
        ("stripe-key", "sk_live_{n24}"),
        ("stripe-key", "rk_test_{n99}"),
        ("stripe-webhook-secret", "whsec_{n32}"),
        ("square-token", "sq0atp-{w22}"),
        ("paypal-braintree-token", "access_token$production${l16}${h32}"),
        ("paypal-client-secret", "PAYPAL_CLIENT_SECRET=E{w79}"),
        ("shopify-token", "shpat_{h32}"),
        ("flutterwave-key", "FLWSECK-{h32}-X"),
        ("easypost-key", "EZAK{n54}"),
        ("shippo-token", "shippo_live_{h40}"),
        ("plaid-secret", "PLAID_SECRET={h30}"),
        ("twilio-api-key", "SK{h32}"),
        ("twilio-auth-token", "twilio_auth_token: '{h32}'"),
        ("sendgrid-key", "SG.{w22}.{w43}"),
        ("mailgun-key", "key-{h32}"),
        ("mailchimp-key", "{h32}-us19"),
        ("brevo-key", "xkeysib-{h64}-{n16}"),
        ("resend-key", "re_{n8}_{n24}"),
        ("postmark-token", "POSTMARK_API_TOKEN={g}"),
        ("npm-token", "//registry.npmjs.org/:_authToken=npm_{n36}"),
        ("npm-token", "//npm.acme.io/:_authToken={g}"),
        ("npm-token", "_auth={pair}"),
        ("pypi-token", "password = pypi-AgEIcHlwaS5vcmc{w130}"),
        ("nuget-key", "dotnet nuget push -k oy2{l43}"),
        ("rubygems-key", "rubygems_{h48}"),
        ("crates-io-token", "cargo login cio{n32}"),
        ("clojars-token", "CLOJARS_{l60}"),
        ("docker-hub-token", "dckr_pat_{w27}"),
        ("docker-config-auth", """{"auths": {"registry.acme.io": {"auth": "{pair}"}}}"""),
        ("artifactory-key", "AKCp{n69}"),
        ("digitalocean-token", "dop_v1_{h64}"),
        ("heroku-key", "HEROKU_API_KEY={g}"),
        ("heroku-key", "HRKU-{g}"),
        ("cloudflare-token", "CLOUDFLARE_API_TOKEN={w40}"),
        ("cloudflare-token", "cfut_{n48}"),
        ("cloudflare-origin-ca-key", "v1.0-{h24}-{h146}"),
        ("fly-token", "fo1_{w43}"),
        ("netlify-token", "nfp_{n36}"),
        ("planetscale-token", "pscale_tkn_{w43}"),
        ("supabase-key", "sbp_{h40}"),
        ("render-key", "rnd_{n32}"),
        ("tailscale-key", "tskey-auth-{n12}CNTRL-{n32}"),
        ("alibaba-access-key", "LTAI{n20}"),
        ("tencent-secret-id", "AKID{n32}"),
        ("google-api-key", "https://maps.googleapis.com/maps/api/js?key=AIza{w35}"),
        ("google-oauth-client-secret", "GOCSPX-{w28}"),
        ("google-oauth-token", "ya29.{w120}"),
        ("firebase-server-key", "AAAA{n7}:APA91b{w134}"),
        ("azure-storage-key", "DefaultEndpointsProtocol=https;AccountName=acme;AccountKey={b86}==;EndpointSuffix=core.windows.net"),
        ("azure-storage-key", "Endpoint=sb://acme.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey={b43}="),
        ("azure-client-secret", "AZURE_CLIENT_SECRET={n3}8Q~{n34}"),
        ("azure-sas-signature", "https://acme.blob.core.windows.net/c?sv=2022-11-02&se=2030-01-01&sig={n43}%3D"),
        ("azure-devops-token", "AZURE_DEVOPS_EXT_PAT={t52}"),
        ("anthropic-key", "ANTHROPIC_API_KEY=sk-ant-api03-{w93}AA"),
        ("openrouter-key", "sk-or-v1-{h64}"),
        ("openai-key", "OPENAI_API_KEY=sk-proj-{w156}"),
        ("openai-key", "openai.api_key = 'sk-{n20}T3BlbkFJ{n20}'"),
        ("model-provider-key", "DEEPSEEK_API_KEY=sk-{h32}"),
        ("langfuse-key", "sk-lf-{g}"),
        ("huggingface-token", "hf_{n34}"),
        ("groq-key", "gsk_{n52}"),
        ("perplexity-key", "pplx-{n48}"),
        ("replicate-token", "r8_{n37}"),
        ("xai-key", "xai-{n80}"),
        ("langsmith-key", "lsv2_pt_{h32}_{h10}"),
        ("datadog-key", "DD_API_KEY: {h32}"),
        ("datadog-key", "datadog_app_key = \"{h40}\""),
        ("newrelic-key", "NRAK-{U27}"),
        ("newrelic-key", "license_key: {h36}NRAL"),
        ("sentry-token", "sntryu_{h64}"),
        ("grafana-token", "glsa_{n32}_{h8}"),
        ("dynatrace-token", "dt0c01.{U24}.{U64}"),
        ("honeycomb-key", "HONEYCOMB_API_KEY={n22}"),
        ("snyk-token", "SNYK_TOKEN={g}"),
        ("sonar-token", "sqp_{h40}"),
        ("vault-token", "hvs.{w90}"),
        ("vault-token", "VAULT_TOKEN=s.{n24}"),
        ("terraform-cloud-token", "{n14}.atlasv1.{w67}"),
        ("pulumi-token", "pul-{h40}"),
        ("doppler-token", "dp.pt.{n43}"),
        ("onepassword-token", "A3-{U6}-{U11}-{U5}-{U5}-{U5}"),
        ("databricks-token", "dapi{h32}"),
        ("circleci-token", "CCIPAT_{n22}_{h40}"),
        ("buildkite-token", "bkua_{h40}"),
        ("prefect-key", "pnu_{n36}"),
        ("postman-key", "PMAK-{h24}-{h34}"),
        ("linear-key", "lin_api_{n40}"),
        ("notion-token", "ntn_{n46}"),
        ("notion-token", "secret_{n43}"),
        ("airtable-token", "pat{n14}.{h64}"),
        ("figma-token", "figd_{w40}"),
        ("dropbox-token", "sl.B{w138}"),
        ("contentful-token", "CFPAT-{w43}"),
        ("adobe-client-secret", "p8e-{w32}"),
        ("typeform-token", "tfp_{w44}"),
        ("readme-key", "rdme_{l70}"),
        ("okta-token", "Authorization: SSWS 00{w40}"),
        ("algolia-key", "ALGOLIA_ADMIN_KEY={h32}"),
        ("rails-master-key", "RAILS_MASTER_KEY={h32}"),
        ("rails-secret-key-base", "  secret_key_base: {h128}"),
        ("django-secret-key", "SECRET_KEY = 'django-insecure-{l50}'"),
        ("json-web-token", "Authorization: Bearer eyJ{w33}.eyJ{w70}.{w43}"),
        ("url-password", "postgres://app:{n16}@db.internal:5432/app"),
        ("url-password", "amqp://worker:{n12}@broker"),
        ("connection-string-password", "Server=db;Database=app;User Id=sa;Password={n16};"),
        ("connection-string-password", "Pwd={n14};Uid=app;Server=db"),
        ("netrc-password", "machine api.acme.io login deploy password {n16}"),
        ("command-line-password", "curl -u deploy:{n16} https://api.acme.io"),
        ("command-line-password", "sshpass -p '{n16}' ssh host"),
        ("sql-password", "CREATE USER app IDENTIFIED BY '{n16}'"),
        ("authorization-header", "curl -H 'Authorization: Bearer {n40}' https://api.acme.io"),
        ("authorization-header", "Authorization: token {h40}"),
        ("generic-secret", "CLIENT_SECRET={n32}"),
        ("generic-secret", "api_key: \"{h32}\""),
        ("generic-password", "DB_PASSWORD={n16}"),
        ("generic-password", "pass: '{n12}!'"),
    ];

    /// <summary>The line of a template, always the same for a seed.</summary>
    public static string Line(string template, int seed)
    {
        var random = new Random(seed);
        return Hole().Replace(template, hole => hole.Groups[1].Value switch
        {
            "-" => "-----",
            "g" => string.Join('-', new[] { 8, 4, 4, 4, 12 }.Select(length => Text(random, "h", length))),
            "pair" => Convert.ToBase64String(Encoding.ASCII.GetBytes($"deploy:{Text(random, "n", 16)}")),
            var alphabet => Text(random, alphabet, int.Parse(hole.Groups[2].Value, CultureInfo.InvariantCulture)),
        });
    }

    /// <summary>The same line with values that nobody would use: one character again and again.</summary>
    public static string Blank(string template) => Hole().Replace(template, hole => hole.Groups[1].Value switch
    {
        "-" => "-----",
        "g" => "00000000-0000-0000-0000-000000000000",
        "pair" => Convert.ToBase64String("user:password"u8),
        var alphabet => new string(alphabet == "d" ? '1' : alphabet is "u" or "U" or "x" ? 'A' : 'a', int.Parse(hole.Groups[2].Value, CultureInfo.InvariantCulture)),
    });

    /// <summary>Random characters of an alphabet.</summary>
    public static string Text(Random random, string alphabet, int length) => string.Concat(random.GetItems(Alphabets[alphabet].ToCharArray(), length));

    [GeneratedRegex(@"\{(-|g|pair|[a-zA-Z])(\d*)\}")]
    private static partial Regex Hole();
}

namespace Orchestrator.UnitTests.Execution.Redaction;

/// <summary>Public halves of keys, ordinary text in base64, and long words.</summary>
internal static class LookAlikeTexts
{
    public const string Text = """
        == public-keys
        -----BEGIN PUBLIC KEY-----↵
        «pem:294»↵
        -----END PUBLIC KEY-----
        -----BEGIN RSA PUBLIC KEY-----↵
        «pem:270»↵
        -----END RSA PUBLIC KEY-----
        {"kty":"RSA","kid":"«url:20»","use":"sig","alg":"RS256","n":"«url:342»","e":"AQAB"}
        {"kty":"EC","crv":"P-256","x":"«url:43»","y":"«url:43»"}
        public_key: age1«lower:58»
        PublicKey = «base64:32»↵
        AllowedIPs = «ip»/32
        untrusted comment: minisign public key «HEX:16»↵
        RW«b64:54»
        == certificates
        -----BEGIN CERTIFICATE-----↵
        MII«b64:61»↵
        «pem:500-900»↵
        -----END CERTIFICATE-----
        -----BEGIN CERTIFICATE REQUEST-----↵
        MII«b64:61»↵
        «pem:400»↵
        -----END CERTIFICATE REQUEST-----
            certificate-authority-data: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JS«b64:400-600»Cg==
        SHA1 Fingerprint=«HEX:2»:«HEX:2»:«HEX:2»:«HEX:2»:«HEX:2»:«HEX:2»:«HEX:2»:«HEX:2»:«HEX:2»:«HEX:2»
        Thumbprint: «HEX:40»
        X509v3 Subject Key Identifier: «HEX:2»:«HEX:2»:«HEX:2»:«HEX:2»:«HEX:2»:«HEX:2»:«HEX:2»:«HEX:2»
        Serial Number: «hex:2»:«hex:2»:«hex:2»:«hex:2»:«hex:2»:«hex:2»:«hex:2»:«hex:2»:«hex:2»:«hex:2»
        == known-hosts
        «host» ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI«b64:43»
        |1|«base64:20»|«base64:20» ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABB«b64:87»=
        [«host»]:«port» ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQ«b64:342»
        ED25519 key fingerprint is SHA256:«b64:43».
        «number:256-4096» SHA256:«b64:43» «user»@«host» (ED25519)
        == authorized-keys
        ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI«b64:43» «user»@«word»
        ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQ«b64:508»= «mail»
        command="/usr/bin/«word»",no-pty ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI«b64:43» «user»
        ssh_authorized_keys:↵
          - ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI«b64:43» «mail»
        MD5:«hex:2»:«hex:2»:«hex:2»:«hex:2»:«hex:2»:«hex:2»:«hex:2»:«hex:2»:«hex:2»:«hex:2»:«hex:2»:«hex:2»:«hex:2»:«hex:2»:«hex:2»:«hex:2» «user»@«host»
        == signed-blocks
        -----BEGIN PGP PUBLIC KEY BLOCK-----↵
        ↵
        mQINB«b64:59»↵
        «pem:500»↵
        =«b64:4»↵
        -----END PGP PUBLIC KEY BLOCK-----
        gpgsig -----BEGIN PGP SIGNATURE-----↵
         ↵
         iQIzBAABCAAdFiEE«b64:48»↵
         «b64:64»↵
         =«b64:4»↵
         -----END PGP SIGNATURE-----
        gpg: using RSA key «HEX:40»
        -----BEGIN SSH SIGNATURE-----↵
        U1NIU0lHAAAAAQAAADMAAAALc3NoLWVkMjU1MTkAAAAg«b64:26»↵
        «b64:64»↵
        -----END SSH SIGNATURE-----
        DKIM-Signature: v=1; a=rsa-sha256; d=«word».com; s=«word»; bh=«base64:32»; b=«base64:64»
        == base64-text
        "content": "«base64=# «Word» «noun»s↵
        ↵
        «sentence».↵
        «sentence».↵
        »",
        data: «base64=«sentence»; «sentence».»
        echo «base64=hello «word» «noun» «digits:3»» | base64 -d
        "body": "«base64={"«noun»":"«word»","count":«digits:3»,"note":"«sentence»"}»",
        Subject: =?UTF-8?B?«base64=«sentence» – «person»»?=
        binaryData:↵
          «file»: «base64=«noun»=«word» «sentence»»
        user_data = "«base64=#!/bin/sh apt-get install -y «word» && systemctl start «noun»s»"
        == config-maps
        kind: ConfigMap↵
        data:↵
          «WORD»_HOST: «host»↵
          «WORD»_PORT: "«port»"
        data:↵
          «noun».conf: |↵
            «word»=«number:1-900»↵
            keepalive=«number:1-90»
          annotations:↵
            checksum/config: «hex:64»
            kubectl.kubernetes.io/last-applied-configuration: '{"kind":"ConfigMap","data":{"«word»":"«noun»"}}'
        == locale-strings
          "password.reset.title": "Reset the password of your «noun»",
          "login.«word».password": "Passwort für «Word»",
        msgid "token_expired_«word»"↵
        msgstr "Le jeton du «noun» a expiré"
          api_key_label: "API-Schlüssel für «Word» «Noun»"
        <data name="«Word»Password" xml:space="preserve"><value>Mot de passe du «noun»</value></data>
        "secret_hint_«word»" = "Введите секрет «Word»";
          "errors.«noun».token.invalid": "«Word»: the token is not valid",
          passwordPlaceholder: 'Enter your «word» password',
        == snapshots
        exports[`«Noun» renders «word» «number:1-9»`] = `<div class="«word»__«noun»--«alnum:5»" id="«word»-«number:1-900»" />`;
        Received: "«word»-«noun»-«hex:12»"↵
        Expected: "«word»-«noun»-«hex:12»"
        Verify mismatch: «ns».Tests.«Noun»Tests.«Verb»s_«word».verified.txt line «number:1-400»
          → fixture «hex:16».json recorded «time»
        // [ApprovalTests] «Noun».«word».approved.txt («digits:4» bytes)
        Snapshot hash «hex:32» of «Noun»Page differs in «number:1-900» pixels
        == long-identifiers
        «Word»«Noun»«Word»AuthenticationTokenProviderFactoryBean«Word»
        org.springframework.«word».«noun».«Word»«Noun»PasswordEncoderAutoConfiguration
        public sealed class «Word»«Noun»CredentialsCacheInvalidationHandlerTests
        «WORD»_«WORD»_MAXIMUM_NUMBER_OF_CONCURRENT_CONNECTIONS_PER_«WORD»
        should_«verb»_«noun»_when_«word»_password_is_missing_and_«noun»_is_«word»
        _ZN«number:10-40»«word»«number:10-40»«noun»«number:10-40»«word»Ev
        «Word»«Noun»ServiceCollectionExtensions.Add«Word»«Noun»TokenHandler
        == file-paths
        /home/«user»/projects/«word»/«path»
        C:\Users\«user»\AppData\Local\«Word»\«Noun»s\cache-«hex:8»\«file»
        ./node_modules/.pnpm/«pkg»@«ver»_react@18.«number:1-9».0/node_modules/«pkg»/dist/«file»
        /usr/lib/python3/dist-packages/«word»/«noun»/__pycache__/«noun».cpython-3«number:10-14».pyc
        ~/.nuget/packages/«word».«noun»/«ver»/lib/net10.0/«Word».«Noun».dll
        target/debug/deps/lib«word»-«hex:16».rlib
        s3://«word»-«noun»s/year=2026/month=0«number:1-9»/part-«digits:5»-«uuid»-c000.snappy.parquet
        /var/log/journal/«hex:32»/system@«hex:32»-«hex:16»-«hex:16».journal
        == stack-traces
           at «ns».«Noun»Service.<«Verb»TokenAsync>d__«number:1-40».MoveNext() in /src/«path»:line «number:1-900»
        	at com.«word».«noun».«Word»PasswordFilter.doFilter(«Word»PasswordFilter.java:«number:10-900»)
          File "/app/«path»", line «number:1-900», in «verb»_«noun»
            at Object.<anonymous> (/app/«path»:«number:1-400»:«number:1-80»)
        KeyError: 'api_key' in «word».«noun» line «number:1-900»
        System.ArgumentNullException: Value cannot be null. (Parameter 'token') at «ns».«Noun».«Verb»()
        «pkg» TypeError: Cannot read properties of undefined (reading 'password') at «path»:«number:1-400»
        == url-parameters
        https://«host»/search?q=«word»+«noun»&page=«number:1-90»&sort=key
        https://www.youtube.com/watch?v=«url:11»
        https://docs.google.com/document/d/1«url:43»/edit
        https://«word».slack.com/archives/C«upper:10»/p17«digits:14»
        GET /«noun»s?key=«word»&order=desc&limit=«number:10-900» HTTP/1.1
        https://meet.google.com/«letters:3»-«letters:4»-«letters:3»
        https://«host»/oauth/authorize?response_type=code&client_id=«word»-«noun»&scope=openid&state=«number:100-9000»
        == public-settings
        «WORD»_URL=https://«host»/«noun»s
        KEY_PREFIX=«word»:«noun»: TTL=«number:10-9000»
        token_type=bearer expires_in=«digits:4» scope=«noun»s.«read|write»
        PASSWORD_MIN_LENGTH=«number:8-64» «WORD»_ENABLED=true
        SortKey=«Noun»«Word» PartitionKey=«word»
        primary_key: «noun»_id, foreign_key: «word»_«noun»_id
        "keybinding": { "key": "ctrl+shift+«letters:1»", "command": "«word».«verb»«Noun»" }
        secret_rotation_days: «number:7-365» # «word»
        TOKENIZER=«word»-«noun»-v«number:1-9» VOCAB=«digits:5»
        use_password: false # «noun» of «word»
        """;
}

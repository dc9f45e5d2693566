namespace Orchestrator.UnitTests.Execution.Redaction;

/// <summary>Identifiers, numbers and addresses: long and random, and nothing is locked with them.</summary>
internal static class LookAlikeIds
{
    public const string Text = """
        == uuids-in-logs
        «time» INFO  [«uuid»] «ns»: «sentence»
        {"level":"info","jobId":"«uuid»","stepId":"«uuid»","message":"«sentence»"}
        X-Request-Id: «uuid»
        Correlation-Id=«uuid» Duration=«number:1-900»ms
        «noun» «uuid» not found
        GET /v1/«noun»s/«uuid» 200 in «number:2-400» ms
        == uuids-in-files
            <ProjectGuid>{«uuid»}</ProjectGuid>
        Project("{FAE04EC0-301F-11D3-BF4B-00C04F79EFBC}") = "«Noun»s", "src\«Noun»s\«Noun»s.csproj", "{«uuid»}"
        INSERT INTO «noun»s (id, name) VALUES ('«uuid»', '«word»');
        <UserSecretsId>«uuid»</UserSecretsId>
        UUID=«uuid» / ext4 defaults 0 1
            "tenantId": "«uuid»",
        AZURE_SUBSCRIPTION_ID=«uuid»
        «uuid»,«word»,«date»,«number:10-900».«digits:2»
        [Guid("«uuid»")]
        client_id: «uuid»
        == trace-ids
        traceparent: 00-«hex:32»-«hex:16»-01
        "trace_id":"«hex:32»","span_id":"«hex:16»"
        TraceId: «hex:32» SpanId: «hex:16» ParentId: 0000000000000000
        X-Amzn-Trace-Id: Root=1-«hex:8»-«hex:24»
        x-b3-traceid: «hex:32»
        dd.trace_id=«digits:19» dd.span_id=«digits:18»
        x-cloud-trace-context: «hex:32»/«digits:19»;o=1
        cf-ray: «hex:16»-FRA
        == kubernetes-objects
          uid: «uuid»
          resourceVersion: "«digits:8»"
        pod/«noun»-api-«hex:8-10»-«lower:5» created
        «noun»s-«lower:9»-«lower:5»   1/1   Running   0   «number:2-90»m
            pod-template-hash: «lower:10»
        Normal  Pulled  «number:2-50»s  kubelet  Successfully pulled image "«word»:«ver»" in «number:1-9».«digits:3»s
        name: «word»-token-«lower:5»
        == secret-references
              valueFrom:↵
                secretKeyRef:↵
                  name: «noun»-credentials↵
                  key: password
              - secretRef:↵
                  name: «word»-secrets
          imagePullSecrets:↵
            - name: «word»-registry
              secretName: «word»-tls
        secret/«word»-db-password configured
        arn:aws:secretsmanager:eu-west-1:«digits:12»:secret:«word»/«noun»-«alnum:6»
        "secretId": "projects/«word»-«digits:4»/secrets/«noun»_api_key/versions/latest"
          existingSecret: «word»-«noun»-auth
        @Microsoft.KeyVault(SecretUri=https://«word».vault.azure.net/secrets/«noun»-api-key/)
        == model-ids
        "id":"msg_01«alnum:22»","type":"message","role":"assistant","model":"claude-sonnet-4-5-20250929"
        "tool_use_id":"toolu_01«alnum:22»"
        request-id: req_011C«alnum:20»
        {"id":"chatcmpl-«alnum:29»","object":"chat.completion","created":17«digits:8»}
        "tool_calls":[{"id":"call_«alnum:24»","type":"function"}]
        "system_fingerprint":"fp_«hex:10»"
        session_id=«uuid» model=gpt-5 effort=medium
        "id":"resp_«hex:50»","status":"completed"
        == token-counts
        "usage":{"input_tokens":«digits:5»,"cache_read_input_tokens":«digits:6»,"output_tokens":«digits:4»}
        max_tokens=«digits:4», temperature=0.«digits:1»
        prompt_tokens: «digits:4» completion_tokens: «digits:3» total_tokens: «digits:5»
        Tokens used: «number:1-99».«digits:1»k / 200k
        token_limit: «digits:6»
        INFO tokenizer produced «digits:4» tokens in «number:1-90» ms
          MaxOutputTokens = «digits:5»,
        == cloud-ids
        arn:aws:iam::«digits:12»:role/«word»-«noun»
        i-0«hex:16»   t3.medium   running   «ip»
        vpc-0«hex:16» subnet-0«hex:16» sg-0«hex:16»
        "customer": "cus_«alnum:14»", "payment_intent": "pi_3«alnum:23»"
        evt_1«alnum:23» [200] POST http://localhost:«port»/webhook
        /subscriptions/«uuid»/resourceGroups/«word»-rg/providers/Microsoft.Web/sites/«word»
        projects/«word»-«digits:6»/locations/europe-west1/operations/operation-17«digits:11»-«hex:13»
        arn:aws:elasticloadbalancing:us-east-1:«digits:12»:loadbalancer/app/«word»/«hex:16»
        ami-0«hex:16»
        == object-ids
        {"_id":{"$oid":"«hex:24»"},"name":"«word»"}
        ObjectId("«hex:24»")
        01J«ulid:23» «noun» created
        id=1«digits:18» type=«noun»
        "node_id": "MDEwOlJlcG9zaXRvcnk«digits:9»",
        nanoid: «url:21»
        «noun»_2«alnum:26»
        == cursors
        "pageInfo":{"hasNextPage":true,"endCursor":"«base64=cursor:«digits:9»»"}
        ?after=«base64url={"id":«digits:7»}»&limit=50
        "continuation":"«base64={"page":«digits:4»,"size":50}»"
        x-ms-continuation: «base64={"t":"«noun»","n":«digits:6»}»
        "nextLink": "https://«host»/«noun»s?page=«digits:4»&size=100"
        == mac-and-ip6
        link/ether «hex:2»:«hex:2»:«hex:2»:«hex:2»:«hex:2»:«hex:2» brd ff:ff:ff:ff:ff:ff
        inet6 fe80::«hex:4»:«hex:4»:«hex:4»:«hex:4»/64 scope link
        listening on [«ip6»]:«port»
        connect to 2a01:«hex:4»:«hex:4»:«hex:4»:«hex:4»:«hex:4»:«hex:4»:«hex:4» port 443 failed
        HWaddr «HEX:2»-«HEX:2»-«HEX:2»-«HEX:2»-«HEX:2»-«HEX:2»
        «ip»:«port» -> «ip»:«port» ESTABLISHED
        == hex-colours
          color: #«hex:6»; background: #«hex:8»;
        --«word»-500: #«hex:6»;
        "palette": ["#«HEX:6»", "#«HEX:6»", "#«HEX:6»", "#«HEX:6»"],
        fill="#«hex:6»" stroke="#«hex:3»"
        new Color(0xFF«HEX:6»),
        == hex-dumps
        000000«hex:1»0  «hex:2» «hex:2» «hex:2» «hex:2» «hex:2» «hex:2» «hex:2» «hex:2»  «hex:2» «hex:2» «hex:2» «hex:2» «hex:2» «hex:2» «hex:2» «hex:2»  |......«letters:4»..|
        000000«hex:1»0: «hex:4» «hex:4» «hex:4» «hex:4» «hex:4» «hex:4» «hex:4» «hex:4»  ................
        0x0000«hex:12» in «noun»_run (/usr/bin/«word»+0x«hex:5»)
        #«number:1-20»  0x00007f«hex:10» in __libc_start_main ()
        rax=«hex:16» rbx=«hex:16» rcx=«hex:16»
        0x«hex:64»,
        == versions
        «pkg»@«ver»-beta.«number:1-40»+build.«number:100-9000»
        Microsoft.NET.Sdk «ver»-preview.«digits:1».«digits:5».«digits:1»
        Version=«ver».«digits:5»; FileVersion=«ver».«digits:4»
        go«ver» linux/amd64 gcc (Debian 14.2.0-«number:1-40») 14.2.«digits:1»
        «word»-«ver»+dfsg-«number:1-20»ubuntu«digits:1»_amd64.deb
        upgraded «word» from «ver» to «ver»
        == durations
        «time» INFO  request finished in «number:1-90».«digits:4»ms status=200 bytes=«digits:6»
          Passed «Noun»_is_«word» [«number:1-90» ms]
        Time Elapsed 00:00:«number:10-59».«digits:2»
        real    0m«number:1-59».«digits:3»s
        [«digits:5».«digits:6»] «word»0: link up, «digits:4» Mbps
        ok      github.com/«word»/«noun»s 0.«digits:3»s  coverage: «number:20-99».«digits:1»% of statements
        17«digits:8».«digits:6» 0.«digits:6» pid=«digits:5» rss=«digits:8»
        == big-numbers
        nonce=«digits:19» height=«digits:7» difficulty=«digits:14»
        «digits:13» «digits:13» «digits:13» «digits:13»
        phone: +49 «digits:3» «digits:8»
        IBAN DE«digits:2» «digits:4» «digits:4» «digits:4» «digits:4» «digits:2»
        3.14«digits:30»
        seed: «digits:10», loss: 0.«digits:16», lr: 1e-0«number:3-6»
        key=«digits:6» partition=«digits:2» offset=«digits:9»
        == database-plans
        Index Scan using ix_«noun»s_token_hash on «noun»s  (cost=0.«digits:2»..«digits:3».«digits:2» rows=«digits:3» width=«digits:2»)
        LOG:  duration: «number:1-90».«digits:3» ms  parse <unnamed>: SELECT * FROM «noun»s WHERE api_key_id = $1 LIMIT «number:1-900»
        CREATE UNIQUE INDEX ix_«noun»_«word»_key ON «noun»s («word»_id, «noun»_id);
        Hash Join  (cost=«digits:3».«digits:2»..«digits:4».«digits:2») Hash Cond: («noun».key = «word».key)
        UPDATE «noun»s SET password_changed_at = '«time»' WHERE id = «digits:5»;
        == process-lists
        «user»  «digits:5»  «number:0-9».«digits:1»  «number:0-9».«digits:1» «digits:7» «digits:6» ?  Sl  «clock»  0:«number:10-59» /usr/bin/«word» --config /etc/«word»/«noun».conf
        PATH=/usr/local/sbin:/usr/local/bin:/usr/bin:/opt/«word»/bin
        SSH_AUTH_SOCK=/tmp/ssh-«alnum:12»/agent.«digits:5»
        DBUS_SESSION_BUS_ADDRESS=unix:path=/run/user/«digits:4»/bus,guid=«hex:32»
        /tmp/tmp.«alnum:10»/«file»
        mktemp: created /var/folders/«lower:2»/«lower:30»/T/«word»
        == log-facts
        «time» WARN  authentication failed for user «user» from «ip»: wrong password
        «time» INFO  token refreshed, expires in «digits:4» seconds
        «time» INFO  password of «user» changed by «user»
        «time» ERROR invalid api key (code «digits:4»)
        sshd[«digits:5»]: Accepted publickey for «user» from «ip» port «port» ssh2: ED25519 SHA256:«b64:43»
        sshd[«digits:5»]: Failed password for invalid user «user» from «ip» port «port» ssh2
        «time» DEBUG secret store «word» opened, «number:2-90» keys
        401 Unauthorized: bearer token missing (request «digits:6»)
        """;
}

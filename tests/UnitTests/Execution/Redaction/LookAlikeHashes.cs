namespace Orchestrator.UnitTests.Execution.Redaction;

/// <summary>Hashes and encoded files, in the shape that git, package managers, registries and bundlers write them.</summary>
internal static class LookAlikeHashes
{
    public const string Text = """
        == git-log
        commit «hex:40»↵
        Author: «person» <«mail»>↵
        Date:   Tue Mar «number:1-28» «clock» 2026 +0100
        «hex:7» «sentence»
        * «hex:8» («person», «number:2-9» days ago) «sentence»
        * «hex:7» - (HEAD -> main, origin/main) «sentence»
        [main «hex:7»] «sentence»↵
         «number:1-9» files changed, «number:2-90» insertions(+), «number:2-40» deletions(-)
        HEAD is now at «hex:7» «sentence»
        Merge: «hex:7» «hex:7»
           «hex:8»..«hex:8»  main       -> origin/main
        parent «hex:40»↵
        author «person» <«mail»> 17«digits:8» +0100
        This reverts commit «hex:40».
        pick «hex:9» «sentence»
        == git-diff
        diff --git a/«path» b/«path»↵
        index «hex:7»..«hex:7» 100644
        index «hex:40»..«hex:40» 100644↵
        --- a/«path»↵
        +++ b/«path»
        new file mode 100644↵
        index 0000000..«hex:7»↵
        --- /dev/null↵
        +++ b/«path»
        index «hex:10»..«hex:10» 100755
        == git-objects
        100644 blob «hex:40»«tab»«path»
        040000 tree «hex:40»«tab»«noun»s
        «hex:40» refs/heads/«word»/«noun»
        «hex:40»«tab»refs/tags/v«ver»^{}
        version https://git-lfs.github.com/spec/v1↵
        oid sha256:«hex:64»↵
        size «digits:6»
        Subproject commit «hex:40»
         «hex:40» vendor/«word» (v«ver»-«number:1-90»-g«hex:7»)
        «hex:8» («person» 2026-03-«number:10-28» «clock» +0100 «number:1-400») return «noun»s;
        == git-pins
              uses: actions/«checkout|cache|setup-node|setup-dotnet»@«hex:40» # v«number:2-5».«number:0-9».«number:0-9»
        «word» @ git+https://github.com/«word»/«noun»s@«hex:40»
            "resolved": "git+ssh://git@github.com/«word»/«pkg».git#«hex:40»",
          rev: «hex:40»
          revision: «hex:40»↵
          remote: https://github.com/«word»/«noun»s.git
        https://github.com/«word»/«noun»s/blob/«hex:40»/«path»#L«number:1-400»
        == checksums
        «hex:64»  «word»-«ver».tar.gz
        «hex:32»  «word»_«ver»_amd64.deb
        «hex:128»  «word»-«ver»-linux-x64.tar.gz
        SHA256 («word»-«ver».iso) = «hex:64»
        sha256: «hex:64»
        «hex:40» *«word».zip
          sha256 "«hex:64»"
        Verifying «word»-«ver».tgz: expected «hex:64», got «hex:64»
         «hex:64» «digits:6» main/binary-amd64/Packages
        ARG «WORD»_SHA256=«hex:64»
        == package-lock
            "node_modules/«pkg»": {↵
              "version": "«ver»",↵
              "resolved": "https://registry.npmjs.org/«pkg»/-/«pkg»-«ver».tgz",↵
              "integrity": "sha512-«base64:64»",↵
              "dev": true,
              "integrity": "sha512-«base64:64»",
              "integrity": "sha1-«base64:20»"
        -      "integrity": "sha512-«base64:64»",↵
        +      "integrity": "sha512-«base64:64»",
        npm warn tarball data for «pkg»@«ver» (sha512-«base64:64») seems to be corrupted.
        == yarn-lock
        "«pkg»@^«ver»":↵
          version "«ver»"↵
          resolved "https://registry.yarnpkg.com/«pkg»/-/«pkg»-«ver».tgz#«hex:40»"↵
          integrity sha512-«base64:64»
          resolved "https://registry.yarnpkg.com/@«word»/«pkg»/-/«pkg»-«ver».tgz#«hex:40»"
          resolution: "«pkg»@npm:«ver»"↵
          checksum: 10c0/«hex:128»↵
          languageName: node
          checksum: «hex:128»
        == pnpm-lock
          «pkg»@«ver»:↵
            resolution: {integrity: sha512-«base64:64»}↵
            engines: {node: '>=«number:10-20»'}
            resolution: {integrity: sha512-«base64:64»}
          /«pkg»/«ver»:↵
            resolution: {integrity: sha512-«base64:64»}↵
            dev: true
        == bun-and-deno-lock
            "«pkg»": ["«pkg»@«ver»", "", { "dependencies": { "«pkg»": "^«ver»" } }, "sha512-«base64:64»"],
              "integrity": "«hex:64»",
            "https://deno.land/std@«ver»/«noun»/mod.ts": "«hex:64»",
        == cargo-lock
        [[package]]↵
        name = "«pkg»"↵
        version = "«ver»"↵
        source = "registry+https://github.com/rust-lang/crates.io-index"↵
        checksum = "«hex:64»"
        checksum = "«hex:64»"
        source = "git+https://github.com/«word»/«pkg»?branch=main#«hex:40»"
        == go-sum
        github.com/«word»/«noun»s v«ver» h1:«base64:32»
        github.com/«word»/«noun»s v«ver»/go.mod h1:«base64:32»
        golang.org/x/«net|sys|text|crypto|oauth2» v0.«number:1-40».0 h1:«base64:32»
        require github.com/«word»/«word» v0.0.0-2025«number:10-12»«number:10-28»«digits:6»-«hex:12»
        == nuget-lock
              "«ns»": {↵
                "type": "Direct",↵
                "requested": "[«ver», )",↵
                "resolved": "«ver»",↵
                "contentHash": "«base64:64»"
                "contentHash": "«base64:64»",
              "sha512": "«base64:64»",↵
              "type": "package",↵
              "path": "«word».«noun»/«ver»",
        {"version": 2, "contentHash": "«base64:64»", "source": "https://api.nuget.org/v3/index.json"}
        == python-locks
            {file = "«word»-«ver»-py3-none-any.whl", hash = "sha256:«hex:64»"},
            --hash=sha256:«hex:64» \
        «word»==«ver» --hash=sha256:«hex:64»
        content-hash = "«hex:64»"
                    "sha256:«hex:64»",
            { url = "https://files.pythonhosted.org/packages/«hex:2»/«hex:2»/«hex:60»/«word»-«ver».tar.gz", hash = "sha256:«hex:64»", size = «digits:5» },
        == other-locks
              "narHash": "sha256-«base64:32»",
            «pkg» (= «ver») sha256=«hex:64»
                        "reference": "«hex:40»",↵
                        "shasum": "«hex:40»"
          "h1:«base64:32»",
          "zh:«hex:64»",
        /nix/store/«nix:32»-«word»-«ver»/bin/«word»
          sha256 = "«nix:52»";
            "pins": [{ "identity": "«word»", "state": { "revision": "«hex:40»", "version": "«ver»" } }]
        == docker-digests
        FROM node:22@sha256:«hex:64»
        Digest: sha256:«hex:64»
        «hex:12»: Pull complete
        #«number:5-30» sha256:«hex:64» «number:1-60».«digits:2»MB / «number:60-90».«digits:2»MB «number:1-9».«digits:1»s
         ---> «hex:12»
        image: ghcr.io/«word»/«noun»s@sha256:«hex:64»
        Successfully built «hex:12»
        == container-ids
        «hex:64»
        «hex:12»   postgres:17   "docker-entrypoint.s…"   «number:2-50» minutes ago   Up «number:2-50» minutes   5432/tcp   «word»_«noun»
        12:memory:/docker/«hex:64»
        containerID: containerd://«hex:64»
        /var/lib/docker/overlay2/«hex:64»/merged
        Removing intermediate container «hex:12»
        == image-data-uri
        <img alt="«word»" src="data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAABAAAAAQCAYAAAAf8/9hAAAA«b64:180-400»AAAAAElFTkSuQmCC">
        background-image: url(data:image/png;base64,iVBORw0KGgoAAAANSUhEUg«b64:200-500»=);
            "thumbnail": "data:image/jpeg;base64,/9j/4AAQSkZJRgABAQAAAQABAAD/«b64:300-500»",
        ![«word»](data:image/gif;base64,R0lGODlh«b64:120-200»7)
        "image/png": "iVBORw0KGgoAAAANSUhEUgAA«b64:600-900»\n",
        == font-data-uri
        @font-face{font-family:«Word»;src:url(data:font/woff2;base64,d09GMgABAAAAA«b64:300-700») format("woff2")}
        src: url("data:application/font-woff;charset=utf-8;base64,d09GRgABAAAAA«b64:300-600»")
        == minified-js
        !function(«letters:1»,«letters:1»){"object"==typeof exports?module.exports=«letters:1»():«letters:1».«Word»=«letters:1»()}(this,(function(){var «letters:1»=«number:10-99»,«letters:2»=function(«letters:1»){return «letters:1».«word»+"«word»"};return{«word»:«letters:2»}}));
        (self.webpackChunk=self.webpackChunk||[]).push([[«digits:3»],{«digits:5»:(e,t,n)=>{"use strict";n.d(t,{«alpha:2»:()=>«letters:1»});var r=n(«digits:5»),«letters:1»=n(«digits:4»);const «letters:1»=r.«alpha:2»("«word»")}}]);
        e.exports={«word»:"«Word»__«word»--«alnum:5»",«noun»:"«Word»__«noun»--«alnum:5»"};
        const «letters:1»=e=>{let{token:t,key:n,password:r}=e;return t?«letters:1»(t,n):r&&«letters:2»(r)},«letters:2»=«number:1-900»;
        == source-maps
        //# sourceMappingURL=data:application/json;base64,«base64={"version":3,"sources":["«file»"],"names":[],"mappings":"«vlq:200»"}»
        {"version":3,"file":"«file»","sources":["../«path»"],"names":["«word»","«noun»"],"mappings":"«vlq:300-600»"}
        "mappings":"AAAA,«vlq:200-300»","sourcesContent":["const «noun» = «number:1-90»;"]
        == css-hashes
        .«word»_«noun»__«alnum:5»{color:#«hex:6»;margin:«number:1-40»px}
        <div class="css-«lower:7» «Word»-root sc-«alpha:6» «alpha:6»">
        ._«lower:20»-«word» { display: flex }
        <span data-v-«hex:8» class="«word» jsx-«digits:10»">
        == asset-names
        dist/assets/index-«url:8».js      «number:10-300».«digits:2» kB │ gzip: «number:3-90».«digits:2» kB
        <script src="/static/js/main.«hex:8».js"></script>
        "«noun»s.js": "/build/«noun»s-«upper:8».js",
          asset «hex:20».«woff2|png|svg» «number:2-90» KiB [emitted] [immutable]
        /_next/static/chunks/«digits:3»-«hex:16».js
        /_nuxt/«word».«hex:8».css
        == sri-and-csp
        <script src="https://cdn.«word».com/«word»@«ver»/«word».min.js" integrity="sha384-«base64:48»" crossorigin="anonymous"></script>
        Content-Security-Policy: script-src 'self' 'sha256-«base64:32»'
        <link rel="stylesheet" href="/«word».css" integrity="sha256-«base64:32»">
        == etags
        ETag: "«hex:32»"
        etag: W/"«hex:2»-«b64:27»"
        < ETag: "«hex:8»-«hex:4»"
        If-None-Match: "«hex:40»"
        {"ETag": "\"«hex:32»-«number:2-40»\"", "Size": «digits:7», "Key": "«path»"}
        Content-MD5: «base64:16»
        == cache-keys
        Cache restored from key: Linux-«node|nuget|cargo|pip»-«hex:64»
        Cache not found for input keys: «word»-Linux-x64-«hex:64»
        ##[debug]Resolved Keys: ["v2-«word»-«hex:40»"]
        turbo: «word»#build: cache hit, replaying logs «hex:16»
        .gradle/caches/modules-2/files-2.1/«word».«noun»/«ver»/«hex:40»/«noun»-«ver».jar
        bazel-out/k8-fastbuild/«hex:64»/action_result
        == build-ids
        «word»: ELF 64-bit LSB pie executable, x86-64, BuildID[sha1]=«hex:40», stripped
        Module Version Id: {«uuid»}
        <AssemblyIdentity name="«ns»" version="«ver».0" publicKeyToken="«hex:16»" culture="neutral" />
        System.«Word», Version=«ver».0, Culture=neutral, PublicKeyToken=«hex:16»
          "buildHash": "«hex:20»",
        «word» «ver»+«hex:40»
        """;
}

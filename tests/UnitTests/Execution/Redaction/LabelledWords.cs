namespace Orchestrator.UnitTests.Execution.Redaction;

/// <summary>What surrounds values in real files: names, hosts, paths, times, and the two shapes people give to passwords and keys.</summary>
internal static class LabelledWords
{
    public static IReadOnlyDictionary<string, string> All { get; } = new Dictionary<string, string>
    {
        // These two keep a line of the templates from being what it becomes.
        ["KEY"] = "KEY",
        ["CY"] = "CY",
        ["tab"] = "\t",
        ["word"] = "«maple|orbit|velvet|harbor|kestrel|lantern|meadow|copper|glacier|saffron|willow|quartz|ember|falcon|tundra|marble|cobalt|juniper|raven|summit|delta|canyon|aurora|pepper|walnut|breeze|cedar|onyx|prairie|nectar|badger|comet|sierra|thicket|anchor|bramble|cinder|drift|fable|grove»",
        ["Word"] = "«Maple|Orbit|Velvet|Harbor|Kestrel|Lantern|Meadow|Copper|Glacier|Saffron|Willow|Quartz|Ember|Falcon|Tundra|Marble|Cobalt|Juniper|Raven|Summit|Delta|Canyon|Aurora|Pepper|Walnut|Breeze|Cedar|Prairie|Badger|Comet|Sierra|Thicket|Anchor|Bramble|Cinder|Drift|Fable|Grove»",
        ["WORD"] = "«MAPLE|ORBIT|VELVET|HARBOR|KESTREL|LANTERN|MEADOW|COPPER|GLACIER|SAFFRON|WILLOW|QUARTZ|EMBER|FALCON|TUNDRA|MARBLE|COBALT|JUNIPER|RAVEN|SUMMIT|DELTA|CANYON|AURORA|PEPPER|WALNUT|BREEZE|CEDAR|ONYX|PRAIRIE|NECTAR|BADGER|COMET|SIERRA|THICKET|ANCHOR|BRAMBLE|CINDER|DRIFT|FABLE|GROVE»",
        ["noun"] = "«order|invoice|customer|payment|session|account|report|catalog|shipment|profile|message|queue|worker|schedule|budget|ledger|inventory|workflow|snapshot|request|template|document|calendar|project|pipeline|artifact»",
        ["Noun"] = "«Order|Invoice|Customer|Payment|Session|Account|Report|Catalog|Shipment|Profile|Message|Queue|Worker|Schedule|Budget|Ledger|Inventory|Workflow|Snapshot|Request|Template|Document|Calendar|Project|Pipeline|Artifact»",
        ["verb"] = "«add|fix|remove|update|rename|refactor|document|test|simplify|improve|cache|validate|parse|retry|log|move|split|merge|handle|guard|drop|bump»",
        ["Verb"] = "«Add|Fix|Remove|Update|Rename|Refactor|Document|Test|Simplify|Improve|Cache|Validate|Parse|Retry|Log|Move|Split|Merge|Handle|Guard|Drop|Bump»",
        ["sentence"] = "«Verb» the «noun» «service|handler|reader|writer|page|endpoint|cache|table|index|test» «of|for|in|before|after» each «noun»",
        ["person"] = "«Anna|Boris|Chloe|Deniz|Emil|Fatima|Goran|Hanna|Ivan|Julia|Kenji|Lena|Mateo|Nora|Olga|Pavel» «Novak|Smith|Garcia|Tanaka|Ivanov|Keller|Larsen|Moreau|Silva|Weber|Kowalski|Haddad»",
        ["user"] = "«anna|boris|chloe|deploy|svc-«word»|app|«noun»_app|ci-bot|admin|root|«word»user|postgres|build»",
        ["mail"] = "«user»@«word».«example|com|dev|io»",
        ["zone"] = "«com|dev|io|net|internal|cloud|example.com|example.org|svc.cluster.local»",
        ["host"] = "«api|db|cache|git|registry|auth|mail|www|«noun»s».«word».«zone»",
        ["file"] = "«noun»«s||-list|_test|.spec|-view».«cs|ts|js|py|go|rs|yaml|json|md|html»",
        ["path"] = "«src|lib|services|tests|packages|app|internal|shared»/«noun»/«file»",
        ["date"] = "202«number:3-6»-«01|02|03|04|05|06|07|08|09|10|11|12»-«0«number:1-9»|1«digits:1»|2«number:0-8»»",
        ["clock"] = "«0«digits:1»|1«digits:1»|2«number:0-3»»:«number:1-5»«digits:1»:«number:0-5»«digits:1»",
        ["time"] = "«date»T«clock».«digits:3»Z",
        ["uuid"] = "«hex:8»-«hex:4»-4«hex:3»-«8|9|a|b»«hex:3»-«hex:12»",
        ["ip"] = "«10.«number:0-255»|192.168|172.«number:16-31»|203.0».«number:0-255».«number:1-254»",
        ["ip6"] = "2001:db8:«hex:1-4»:«hex:1-4»::«hex:1-4»",
        ["port"] = "«5432|3306|6379|8080|8443|5672|9092|443|27017|1433|«number:1024-65535»»",
        ["ver"] = "«number:0-24».«number:0-40».«number:0-30»",
        ["pkg"] = "«left|fast|is|micro|lodash|react|vue|ts|node|web|tiny|es|«word»»-«pad|glob|plain-object|match|merge|loader|types|stream|pack|parser|router|events|«word»»",
        ["ns"] = "«Acme|Contoso|Fabrikam|Northwind|«Word»».«Noun»s«|.Core|.Api|.Data|.Workers»",
        ["level"] = "«DEBUG|INFO|WARN|ERROR|debug|info|warn|TRACE»",
        ["password"] = "««strong:14-24»|«strong:12-18»|«Word»«number:2-99»«!|#|*|_|-|.»«word»«number:10-9999»|«alnum:16-20»|«hex:32»|«b64:24-32»|«word»-«word»-«word»-«number:10-999»|«Word»«Word»20«number:19-26»«!|#|%»»",
        ["plainpassword"] = "««alnum:12-24»|«alnum:16»«-|_|.»«alnum:4-8»|«Word»«number:2-99»«_|-|.»«word»«number:10-9999»|«hex:24-32»|«word»-«word»-«word»-«number:10-999»»",
        ["apikey"] = "««hex:32»|«hex:40»|«hex:64»|«alnum:24-48»|«url:32-43»|«base64:32»»",
    };
}

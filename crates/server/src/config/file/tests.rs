use std::collections::BTreeMap;
use std::time::Duration;

use super::*;

fn parsed(text: &str) -> Result<Config, ConfigError> {
    parse(Source { file: "fleetgate.toml", text }, Path::new("/etc/fleetgate"), |_| None)
}

/// The file with a good `base_url` in its first line.
fn config(rest: &str) -> Config {
    parsed(&format!("base_url = \"https://fleet.example.com\"\n{rest}")).unwrap()
}

fn error(rest: &str) -> String {
    parsed(&format!("base_url = \"https://fleet.example.com\"\n{rest}")).unwrap_err().to_string()
}

#[test]
fn a_public_url_is_enough() {
    let config = config("");
    assert_eq!(config.mode, Mode::Production);
    assert_eq!(config.base_url.as_deref(), Some("https://fleet.example.com"));
    assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.data_dir, Path::new("/var/lib/fleetgate"));
    assert_eq!(config.database, DatabaseUrl::Sqlite("/var/lib/fleetgate/fleetgate.db".into()));
    assert_eq!(config.dialect, Dialect::from(DialectName::FleetApi));
    assert_eq!(config.tokens.refresh_grace, Duration::from_secs(60));
    assert!(!config.tokens.rotation_ends_access && !config.expose && config.request_log);
    assert_eq!((config.regions.len(), config.default_region), (1, Region::Na));
    assert!(config.regions[0].audiences.is_empty(), "only the server's own names");
}

#[test]
fn everything_can_be_said() {
    let config = config(
        r#"
        listen = "[::1]:8443"
        data_dir = "data"
        database = "sqlite:other.db"
        dialect = "rfc"
        token_issuer = "https://old.example.com/"
        default_region = "eu"
        location_scope = "included"
        telemetry_unsigned = true
        request_log = false
        [dialect_settings]
        errors = "fleet-api"
        refresh_without_secret = true
        challenge_means_s256 = true
        two_credentials = true
        ignore_wider_scope = true
        at_jwt = false
        every_audience = true
        [tokens]
        algorithm = "EdDSA"
        key_lifetime = "never"
        access_lifetime = "1h 30m"
        code_lifetime = "90s"
        refresh_lifetime = "30d"
        refresh_absolute_lifetime = "365d"
        refresh_grace = "500ms"
        rotation_ends_access = true
        grant_ends_older = true
        leeway = "5s"
        session_lifetime = "2h"
        [[regions]]
        region = "eu"
        base_url = "https://eu.fleet.example.com/"
        audiences = ["https://eu.example.com/"]
        hosts = ["EU.example.com"]
        [[scopes]]
        name = "doors"
        title = "Doors"
        description = "Opens doors."
        [tls]
        certificate = "tls/cert.pem"
        key = "/tls/key.pem"
        [limits]
        connections = 1
        header_time = "1s"
        body_time = "2s"
        idle_time = "4s"
        request_time = "3s"
        body_bytes = 4
        requests = 5
        drain_time = "0s"
        sign_ins = 6
        sign_in_window = "7m"
        "#,
    );
    assert_eq!(config.listen.to_string(), "[::1]:8443");
    assert_eq!(config.data_dir, Path::new("/etc/fleetgate/data"));
    assert_eq!(config.database, DatabaseUrl::Sqlite("/etc/fleetgate/other.db".into()));
    assert_eq!(config.dialect, Dialect::from(DialectName::FleetApi), "each setting is turned back");
    let tokens = &config.tokens;
    assert_eq!(tokens.issuer.as_deref(), Some("https://old.example.com/"), "letter by letter");
    assert_eq!((tokens.algorithm, tokens.key_lifetime), (Algorithm::EdDsa, None));
    assert_eq!(tokens.access_lifetime, Duration::from_secs(90 * 60));
    assert_eq!(tokens.refresh_absolute_lifetime, Some(Duration::from_secs(365 * 24 * 3600)));
    assert_eq!(tokens.refresh_grace, Duration::from_millis(500));
    assert!(tokens.rotation_ends_access && tokens.grant_ends_older);
    assert_eq!(config.regions[0].base_url.as_deref(), Some("https://eu.fleet.example.com"));
    assert_eq!(config.regions[0].audiences, ["https://eu.example.com"]);
    assert_eq!(config.regions[0].hosts, ["eu.example.com"]);
    assert_eq!((config.default_region, config.location_scope), (Region::Eu, LocationScope::Included));
    assert!(config.telemetry_unsigned);
    assert_eq!(config.own_scopes[0].name.as_str(), "doors");
    let tls = config.tls.unwrap();
    assert_eq!(
        (tls.certificate.as_path(), tls.key.as_path()),
        (Path::new("/etc/fleetgate/tls/cert.pem"), Path::new("/tls/key.pem"))
    );
    assert_eq!((config.limits.connections, config.limits.body_bytes, config.limits.sign_ins), (1, 4, 6));
    assert_eq!(config.limits.drain_time, Duration::ZERO);
    assert!(!config.request_log);
}

#[test]
fn the_rfc_dialect_brings_its_own_defaults() {
    let config = config("dialect = \"rfc\"");
    assert_eq!(config.dialect, Dialect::from(DialectName::Rfc));
    assert_eq!(config.tokens.refresh_grace, Duration::ZERO);
}

#[test]
fn the_environment_comes_before_the_file() {
    let set = BTreeMap::from([
        ("FLEETGATE_BASE_URL", "https://other.example.com"),
        ("FLEETGATE_LISTEN", "0.0.0.0:80"),
        ("FLEETGATE_DATABASE", "postgres://fleet@localhost/fleet"),
    ]);
    let read = |text: &str, set: &BTreeMap<&str, &str>| {
        parse(Source { file: "f", text }, Path::new(""), |name| set.get(name).map(|value| (*value).to_owned()))
    };
    let config = read("listen = \"127.0.0.1:1\"", &set).unwrap();
    assert_eq!(config.base_url.as_deref(), Some("https://other.example.com"));
    assert_eq!(config.listen.to_string(), "0.0.0.0:80");
    assert_eq!(config.database, DatabaseUrl::Postgres("postgres://fleet@localhost/fleet".to_owned()));
    for name in ["FLEETGATE_BASE_URL", "FLEETGATE_LISTEN", "FLEETGATE_DATABASE"] {
        let mut wrong = set.clone();
        wrong.insert(name, "wrong");
        assert!(read("", &wrong).unwrap_err().to_string().contains(name));
    }
}

#[test]
fn every_complaint_names_line_and_key() {
    insta::assert_snapshot!(parsed("").unwrap_err(), @"`fleetgate.toml`: `base_url` is missing; it is the public URL under which clients reach this server.");
    insta::assert_snapshot!(parsed("base_url = \"http://fleet.example.com\"").unwrap_err(), @"`fleetgate.toml`, line 1, `base_url`: `http://fleet.example.com` must begin with `https://`; `http://` is for loopback only.");
    insta::assert_snapshot!(parsed("base_url = \"https://fleet.example.com/path\"").unwrap_err(), @"`fleetgate.toml`, line 1, `base_url`: `https://fleet.example.com/path` must be scheme, host and port alone, such as `https://fleet.example.com`.");
    insta::assert_snapshot!(parsed("base_url = \"fleet.example.com\"").unwrap_err(), @"`fleetgate.toml`, line 1, `base_url`: `fleet.example.com` is no URL; write it as `https://fleet.example.com`.");
    insta::assert_snapshot!(error("port = 8080"), @"`fleetgate.toml`, line 2, `port`: unknown field `port`, expected one of `base_url`, `listen`, `data_dir`, `database`, `dialect`, `dialect_settings`, `token_issuer`, `tokens`, `regions`, `default_region`, `location_scope`, `telemetry_unsigned`, `scopes`, `tls`, `request_log`, `limits`.");
    insta::assert_snapshot!(error("listen = \"8080\""), @"`fleetgate.toml`, line 2, `listen`: invalid socket address syntax.");
    insta::assert_snapshot!(error("dialect = \"oauth\""), @"`fleetgate.toml`, line 2, `dialect`: unknown variant `oauth`, expected `fleet-api` or `rfc`.");
    insta::assert_snapshot!(error("database = \"mysql://localhost\""), @"`fleetgate.toml`, line 2, `database`: This is no database URL (it begins with neither `sqlite:` nor `postgres://`); write `sqlite:PATH` or `postgres://USER@HOST/DATABASE`.");
    insta::assert_snapshot!(error("default_region = \"eu\"\n[[regions]]\nregion = \"na\""), @"`fleetgate.toml`, line 2, `default_region`: The region `eu` is none of `[[regions]]`; add it there.");
    insta::assert_snapshot!(error("[[regions]]\nregion = \"na\"\n[[regions]]\nregion = \"na\""), @"`fleetgate.toml`, line 5, `regions.region`: The region `na` stands in this file already.");
    insta::assert_snapshot!(error("[[regions]]\nregion = \"na\"\nbase_url = \"http://na.example.com\""), @"`fleetgate.toml`, line 4, `regions.base_url`: `http://na.example.com` must begin with `https://`; `http://` is for loopback only.");
    let two = |first: &str, second: &str| {
        error(&format!("[[regions]]\nregion = \"na\"\n{first}\n[[regions]]\nregion = \"eu\"\n{second}"))
    };
    insta::assert_snapshot!(two("", ""), @"`fleetgate.toml`, line 6, `regions.base_url`: The region `eu` needs a `base_url` other than the server's, which is that of the region `na`.");
    insta::assert_snapshot!(two("", "base_url = \"https://fleet.example.com/\""), @"`fleetgate.toml`, line 7, `regions.base_url`: The region `eu` needs a `base_url` other than the server's, which is that of the region `na`.");
    insta::assert_snapshot!(two("", "base_url = \"https://fleet.example.com:8443\""), @"`fleetgate.toml`, line 7, `regions.base_url`: `fleet.example.com` is a name of the region `na` already.");
    insta::assert_snapshot!(two("audiences = [\"https://a.example.com\"]", "base_url = \"https://eu.example.com\"\naudiences = [\"https://a.example.com/\"]"), @"`fleetgate.toml`, line 8, `regions.audiences`: `https://a.example.com` is a name of the region `na` already.");
    insta::assert_snapshot!(two("hosts = [\"a.example.com\"]", "base_url = \"https://eu.example.com\"\nhosts = [\"A.example.com\"]"), @"`fleetgate.toml`, line 8, `regions.hosts`: `a.example.com` is a name of the region `na` already.");
    insta::assert_snapshot!(two("hosts = [\"eu.example.com\"]", "base_url = \"https://eu.example.com\""), @"`fleetgate.toml`, line 7, `regions.base_url`: `eu.example.com` is a name of the region `na` already.");
    for host in ["a:443", "https://b/"] {
        let complaint = two(&format!("hosts = [\"{host}\"]"), "");
        assert!(complaint.starts_with("`fleetgate.toml`, line 4, `regions.hosts`: "), "{complaint}");
    }
    let scope = |name: &str| format!("[[scopes]]\nname = \"{name}\"\ntitle = \"\"\ndescription = \"\"\n");
    insta::assert_snapshot!(error(&scope("openid")), @"`fleetgate.toml`, line 3, `scopes.name`: `openid` is a scope of the Fleet API; choose another name.");
    insta::assert_snapshot!(error(&(scope("doors") + &scope("doors"))), @"`fleetgate.toml`, line 7, `scopes.name`: The scope `doors` stands in this file already.");
    insta::assert_snapshot!(error("[tokens]\naccess_lifetime = \"8 hours\""), @"`fleetgate.toml`, line 3, `tokens.access_lifetime`: `8 hours` is no duration; write it as `90d`, `8h`, `2m`, `30s` or `250ms`, at most `36500d`.");
    insta::assert_snapshot!(error("[tokens]\naccess_lifetime = \"0s\""), @"`fleetgate.toml`, line 3, `tokens.access_lifetime`: this duration must be longer than nothing.");
    insta::assert_snapshot!(error("[tokens]\naccess_lifetime = 8"), @"`fleetgate.toml`, line 3, `tokens.access_lifetime`: invalid type: integer `8`, expected a string.");
    insta::assert_snapshot!(error("[tokens]\nalgorithm = \"HS256\""), @"`fleetgate.toml`, line 3, `tokens.algorithm`: unknown variant `HS256`, expected one of `RS256`, `ES256`, `EdDSA`.");
    insta::assert_snapshot!(error("[tokens]\nlifetime = \"8h\""), @"`fleetgate.toml`, line 3, `tokens.lifetime`: unknown field `lifetime`, expected one of `algorithm`, `key_lifetime`, `access_lifetime`, `code_lifetime`, `refresh_lifetime`, `refresh_absolute_lifetime`, `refresh_grace`, `rotation_ends_access`, `grant_ends_older`, `leeway`, `session_lifetime`.");
    insta::assert_snapshot!(error("[limits]\nconnections = 0"), @"`fleetgate.toml`, line 3, `limits.connections`: this number must be 1 to 1000000.");
    insta::assert_snapshot!(error("[tokens]\nrefresh_grace = \"2d\""), @"`fleetgate.toml`, line 3, `tokens.refresh_grace`: `2d` is too long; at most `1d` is possible here.");
    insta::assert_snapshot!(error("[tokens]\ncode_lifetime = \"1h\""), @"`fleetgate.toml`, line 3, `tokens.code_lifetime`: `1h` is too long; at most `10m` is possible here.");
    insta::assert_snapshot!(error("[tokens]\nleeway = \"5m\""), @"`fleetgate.toml`, line 3, `tokens.leeway`: `5m` is too long; at most `2m` is possible here.");
    insta::assert_snapshot!(error("token_issuer = \"issuer?\""), @"`fleetgate.toml`, line 2, `token_issuer`: `issuer?` is no URL that can stand in tokens; write it as `https://fleet.example.com`.");
    insta::assert_snapshot!(error("[tls]\ncertificate = \"cert.pem\""), @"`fleetgate.toml`, line 2, `tls`: missing field `key`.");
    insta::assert_snapshot!(error("[[scopes]]\nname = \"two words\"\ntitle = \"\"\ndescription = \"\""), @r#"`fleetgate.toml`, line 3, `scopes[0].name`: a scope is printable ASCII without space, `"` and `\`; several are separated by one space."#);
    insta::assert_snapshot!(error("listen = "), @"`fleetgate.toml`, line 2: string values must be quoted, expected literal string.");
}

#[test]
fn relative_paths_begin_at_the_file() {
    let below = |text: &str| {
        let text = format!("base_url = \"https://fleet.example.com\"\n{text}");
        parse(Source { file: "f", text: &text }, Path::new("conf"), |_| None).unwrap()
    };
    let config = below("data_dir = \"data\"");
    assert_eq!(config.data_dir, Path::new("conf/data"));
    assert_eq!(config.database, DatabaseUrl::Sqlite("conf/data/fleetgate.db".into()));
    assert_eq!(below("database = \"sqlite:f.db\"").database, DatabaseUrl::Sqlite("conf/f.db".into()));
    let trusted = below("database = \"postgres://a@b/c?sslrootcert=ca.pem\"").database;
    assert_eq!(trusted, DatabaseUrl::Postgres("postgres://a@b/c?sslrootcert=conf/ca.pem".to_owned()));
}

#[test]
fn a_region_can_have_an_issuer_and_an_address_of_its_own() {
    let regions = "[[regions]]\nregion = \"na\"\n[[regions]]\nregion = \"cn\"\nbase_url = \"https://cn.example.com\"\n";
    let config = config(&format!("{regions}own_issuer = true\nlisten = \"127.0.0.1:8444\""));
    assert_eq!(config.regions[1].listen, Some(([127, 0, 0, 1], 8444).into()));
    assert_eq!((config.realm_of(Region::Cn), config.realm_of(Region::Na)), (Some(Region::Cn), None));
    insta::assert_snapshot!(error("[[regions]]\nregion = \"na\"\nown_issuer = true"), @"`fleetgate.toml`, line 4, `regions.own_issuer`: The default region has the server's own issuer; leave `own_issuer` out.");
}

#[test]
fn loopback_may_be_plain() {
    for url in ["http://localhost:8080", "http://127.0.0.1", "http://[::1]:8080/"] {
        assert!(parsed(&format!("base_url = \"{url}\"")).is_ok(), "{url}");
    }
}

/// The keys of a table, taken from the complaint about one that it does not know.
fn keys(table: &str) -> Vec<String> {
    let message = error(&format!("{table}\nno_such_key = 1"));
    let (_, expected) = message.split_once("expected ").unwrap_or_else(|| panic!("no keys in {message}"));
    expected.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn the_documentation_has_every_key_and_no_other() {
    let document = include_str!("../../../../../docs/configuration.md");
    let mut documented: Vec<String> = Vec::new();
    for line in document.lines().filter(|line| line.starts_with("| `")) {
        documented.extend(line.split('`').nth(1).map(str::to_owned));
    }
    let mut known: Vec<String> =
        ["FLEETGATE_BASE_URL", "FLEETGATE_LISTEN", "FLEETGATE_DATABASE", "FLEETGATE_LOG"].map(str::to_owned).to_vec();
    for (table, prefix) in [
        ("", ""),
        ("[dialect_settings]", "dialect_settings."),
        ("[tokens]", "tokens."),
        ("[[regions]]\nregion = \"na\"", "regions."),
        ("[[scopes]]", "scopes."),
        ("[tls]", "tls."),
        ("[limits]", "limits."),
    ] {
        known.extend(keys(table).iter().map(|key| format!("{prefix}{key}")));
    }
    let tables = ["dialect_settings", "tokens", "regions", "scopes", "tls", "limits"];
    known.retain(|key| !tables.contains(&key.as_str()));
    known.sort();
    documented.sort();
    assert_eq!(documented, known);
}

#[test]
fn the_example_in_the_documentation_is_good() {
    let document = include_str!("../../../../../docs/configuration.md");
    let example = document.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    parsed(example).unwrap();
}

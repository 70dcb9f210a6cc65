use super::*;

fn parse(text: &str) -> DatabaseUrl {
    text.parse().expect("a database URL")
}

#[test]
fn a_path_follows_sqlite() {
    for text in ["sqlite:data/fleetgate.db", "sqlite://data/fleetgate.db"] {
        assert_eq!(parse(text), DatabaseUrl::Sqlite("data/fleetgate.db".into()));
    }
    assert_eq!(parse("sqlite:///var/fleetgate.db"), DatabaseUrl::Sqlite("/var/fleetgate.db".into()));
}

#[test]
fn no_password_is_shown() {
    let long = "postgresql://ada:hunter2@db.example.com:5433/fleet?sslrootcert=/etc/ca.pem&sslmode=verify-full";
    for (text, shown) in [
        (long, "postgres://ada@db.example.com:5433/fleet"),
        ("postgres://ada@localhost/fleet?password=hunter2", "postgres://ada@localhost:5432/fleet"),
        ("postgres:///fleet?user=ada&password=hunter2&host=/run/postgresql", "postgres://ada@[/run/postgresql]/fleet"),
    ] {
        assert_eq!(parse(text).to_string(), shown);
        assert_eq!(format!("{:?}", parse(text)), format!("DatabaseUrl({shown})"));
    }
    let unparsable = DatabaseUrl::Postgres("postgres://ada:hunter2@[".to_owned());
    assert!(!format!("{unparsable} {unparsable:?}").contains("hunter2"));
}

#[test]
fn an_error_shows_no_password_either() {
    for text in [
        "mysql://ada:hunter2@localhost/fleet",
        "postgres://ada:hunter2@localhost:port/fleet",
        "postgres://ada:hunter2@localhost/fleet?hunter=hunter2",
        "postgres://ada:hunter2@localhost/fleet?connect_timeout=hunter2",
        "sqlite:",
    ] {
        let error = text.parse::<DatabaseUrl>().expect_err(text);
        assert!(!format!("{error} {error:?}").contains("hunter2"), "{error:?}");
    }
}

#[test]
fn encryption_is_asked_for_with_a_file_of_trusted_certificates() {
    let plain = postgres("postgres://ada@localhost/fleet").expect("plain");
    assert!(plain.1.is_none() && plain.0.get_ssl_mode() == SslMode::Disable);
    assert!(postgres("postgres://ada@localhost/fleet?sslmode=require").is_err(), "never encrypted without proof");
    assert!(postgres("postgres://ada@localhost/fleet?sslrootcert=/nowhere").is_err());
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("ca.pem");
    std::fs::write(&file, "no certificate").expect("written");
    assert!(postgres(&format!("postgres://ada@localhost/fleet?sslrootcert={}", file.display())).is_err());
}

#[test]
fn relative_paths_begin_where_they_are_told_to() {
    let below = |text: &str| parse(text).below(Path::new("/etc/fleetgate"));
    assert_eq!(below("sqlite:fleet.db"), DatabaseUrl::Sqlite("/etc/fleetgate/fleet.db".into()));
    assert_eq!(below("sqlite:/var/fleet.db"), DatabaseUrl::Sqlite("/var/fleet.db".into()));
    let postgres = |text: &str| DatabaseUrl::Postgres(text.to_owned());
    assert_eq!(
        below("postgres://ada@db/fleet?sslrootcert=ca.pem&sslmode=verify-full"),
        postgres("postgres://ada@db/fleet?sslrootcert=/etc/fleetgate/ca.pem&sslmode=verify-full")
    );
    for unchanged in ["postgres://ada@db/fleet", "postgres://ada@db/fleet?sslrootcert=/etc/ca.pem"] {
        assert_eq!(below(unchanged), postgres(unchanged));
    }
}

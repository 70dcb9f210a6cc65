use std::time::Duration;

use rustls::RootCertStore;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier as _;
use rustls_pki_types::{ServerName, UnixTime};

use super::*;

const DAY: i64 = 24 * 60 * 60 * 1_000_000;
/// 2026-11-26, noon.
const NOW: i64 = 1_795_694_400_000_000;

/// Whether a client that trusts the authority takes a certificate for this host at this time.
fn is_taken(authority: &Authority, certificate: &CertificateDer<'_>, host: &str, at: i64) -> bool {
    let mut roots = RootCertStore::empty();
    roots.add(authority.der().clone()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider).build().unwrap();
    let time = UnixTime::since_unix_epoch(Duration::from_micros(at.unsigned_abs()));
    let name = ServerName::try_from(host.to_owned()).unwrap();
    verifier.verify_server_cert(certificate, &[], &name, &[], time).is_ok()
}

#[test]
fn a_certificate_is_good_for_its_hosts_for_a_month() {
    let hosts = ["api.example", "auth.example"];
    let authority = authority(&hosts, NOW).unwrap();
    let (certificate, _) = certificate(&hosts, &authority, NOW).unwrap();
    for host in hosts {
        assert!(is_taken(&authority, &certificate, host, NOW));
    }
    assert!(!is_taken(&authority, &certificate, "www.example", NOW));
    for (days, good) in [(-2, false), (-1, true), (29, true), (31, false)] {
        assert_eq!(is_taken(&authority, &certificate, "api.example", NOW + days * DAY), good, "{days}");
    }
}

#[test]
fn an_authority_cannot_vouch_for_another_host() {
    let authority = authority(&["api.example"], NOW).unwrap();
    let (certificate, _) = certificate(&["www.example"], &authority, NOW).unwrap();
    assert!(!is_taken(&authority, &certificate, "www.example", NOW));
}

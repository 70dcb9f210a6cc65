//! A certificate authority for one run, and the one certificate that it signs.

use std::sync::Arc;

use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, GeneralSubtree, IsCa,
    KeyPair, KeyUsagePurpose, NameConstraints,
};
use rustls::ServerConfig;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};

/// Why certificates cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// They cannot be signed.
    #[error("a certificate cannot be signed")]
    Sign(#[from] rcgen::Error),
    /// TLS does not take them.
    #[error("a certificate cannot be used")]
    Use(#[from] rustls::Error),
}

type Authority = CertifiedIssuer<'static, KeyPair>;

/// What a proxy needs to end TLS.
pub(super) struct Certificates {
    /// The authority's certificate, in PEM.
    pub(super) authority: String,
    /// TLS under a certificate for every host.
    pub(super) server: ServerConfig,
}

/// Makes an authority that can vouch for these hosts only, and a certificate for all of them. Both keys are new, and stay
/// in memory.
///
/// # Errors
/// [`CertificateError`].
pub(super) fn issue(hosts: &[&str], now: i64) -> Result<Certificates, CertificateError> {
    let authority = authority(hosts, now)?;
    let (certificate, key) = certificate(hosts, &authority, now)?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut server = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![certificate], PrivateKeyDer::from(key))?;
    // The sandbox tells the two apart by their first bytes, so that a tunnel need not know which it carries.
    server.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Certificates { authority: authority.pem(), server })
}

/// An authority for these hosts.
fn authority(hosts: &[&str], now: i64) -> Result<Authority, rcgen::Error> {
    let mut parameters = CertificateParams::default();
    named(&mut parameters, "fleetgate run: authority of this run", now);
    parameters.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    parameters.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let permitted_subtrees = hosts.iter().map(|host| GeneralSubtree::DnsName((*host).to_owned())).collect();
    parameters.name_constraints = Some(NameConstraints { permitted_subtrees, excluded_subtrees: Vec::new() });
    CertifiedIssuer::self_signed(parameters, KeyPair::generate()?)
}

/// One certificate for these hosts, and its key.
fn certificate(
    hosts: &[&str],
    authority: &Authority,
    now: i64,
) -> Result<(CertificateDer<'static>, KeyPair), rcgen::Error> {
    let key = KeyPair::generate()?;
    let names: Vec<String> = hosts.iter().map(|host| (*host).to_owned()).collect();
    let mut parameters = CertificateParams::new(names)?;
    named(&mut parameters, "fleetgate run: sandbox", now);
    parameters.use_authority_key_identifier_extension = true;
    parameters.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    parameters.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    Ok((parameters.signed_by(&key, authority)?.der().clone(), key))
}

/// Names a certificate, and makes it good from yesterday (clocks differ) to a month from now.
fn named(parameters: &mut CertificateParams, name: &str, now: i64) {
    let today = Timestamp::from_microsecond(now).unwrap_or_default().to_zoned_datetime(TimeZone::UTC).date();
    let day = |days: i32| {
        let date = today.saturating_add(Span::new().days(days));
        rcgen::date_time_ymd(i32::from(date.year()), date.month().unsigned_abs(), date.day().unsigned_abs())
    };
    parameters.not_before = day(-1);
    parameters.not_after = day(30);
    parameters.distinguished_name = rcgen::DistinguishedName::new();
    parameters.distinguished_name.push(DnType::CommonName, name);
}

#[cfg(test)]
mod tests;

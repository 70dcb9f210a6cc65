//! Bare signatures and verifications of the library that the server uses, with one key parsed once.

use anyhow::{Result, anyhow, bail};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, ParsedPublicKey,
    RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair,
};
use fleetgate_protocol::jws::Algorithm;

use crate::stopwatch::repeat;

/// As long as what is signed of an access token.
const MESSAGE: [u8; 900] = [b'x'; 900];

enum Pair {
    Rsa(RsaKeyPair),
    Ecdsa(EcdsaKeyPair),
}

impl Pair {
    fn generate(algorithm: Algorithm) -> Result<Self> {
        let pair = match algorithm {
            Algorithm::Rs256 => RsaKeyPair::generate(KeySize::Rsa2048).map(Self::Rsa),
            Algorithm::Es256 => EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).map(Self::Ecdsa),
            Algorithm::EdDsa => bail!("only RS256 and ES256 are measured"),
        };
        pair.map_err(|_| anyhow!("no key could be made"))
    }

    fn sign(&self, random: &SystemRandom, signature: &mut Vec<u8>) -> Result<()> {
        let signed = match self {
            Self::Rsa(pair) => {
                signature.resize(pair.public_modulus_len(), 0);
                pair.sign(&RSA_PKCS1_SHA256, random, &MESSAGE, signature)
            }
            Self::Ecdsa(pair) => pair.sign(random, &MESSAGE).map(|signed| {
                signature.clear();
                signature.extend_from_slice(signed.as_ref());
            }),
        };
        signed.map_err(|_| anyhow!("a signature could not be made"))
    }

    fn public(&self) -> Result<ParsedPublicKey> {
        let parsed = match self {
            Self::Rsa(pair) => ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, pair.public_key()),
            Self::Ecdsa(pair) => ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, pair.public_key()),
        };
        parsed.map_err(|_| anyhow!("a public key could not be parsed"))
    }
}

pub(crate) fn sign(algorithm: Algorithm, seconds: f64) -> Result<()> {
    let (pair, random) = (Pair::generate(algorithm)?, SystemRandom::new());
    let mut signature = Vec::new();
    repeat(seconds, 32, || pair.sign(&random, &mut signature))
}

pub(crate) fn verify(algorithm: Algorithm, seconds: f64) -> Result<()> {
    let pair = Pair::generate(algorithm)?;
    let public = pair.public()?;
    let mut signature = Vec::new();
    pair.sign(&SystemRandom::new(), &mut signature)?;
    repeat(seconds, 32, || public.verify_sig(&MESSAGE, &signature).map_err(|_| anyhow!("a signature did not verify")))
}

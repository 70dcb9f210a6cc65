//! The fuzz targets' corpora, and mutations of them, with an ordinary toolchain. `fuzz/README.md` says how to go on from
//! there with libFuzzer.

#[path = "../../../fuzz/src/lib.rs"]
#[expect(unreachable_pub, reason = "it is the library of another package")]
mod targets;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// How many mutations of each seed are tried.
const MUTATIONS: u64 = 400;
/// How few seeds are too few.
const FEWEST: usize = 6;

fn fuzz() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz")
}

/// The seeds of a target by name.
fn corpus(target: &str) -> Vec<(String, Vec<u8>)> {
    let folder = fuzz().join("corpus").join(target);
    let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut seeds: Vec<_> = entries
        .map(|entry| entry.expect("an entry").path())
        .map(|path| (path.display().to_string(), fs::read(&path).expect("a seed")))
        .collect();
    seeds.sort();
    seeds
}

/// A generator whose numbers are the same in each run (xorshift64).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % (limit.max(1) as u64)).expect("below a usize")
    }

    /// Some small changes: bytes replaced, removed, doubled, cut off, or taken from another seed.
    fn mutate(&mut self, seed: &[u8], other: &[u8]) -> Vec<u8> {
        const TELLING: &[u8] = b"\0\t\n\r \"#%&'+,-./:;<=>?@[\\]_{|}~0aZ\x7f\x80\xc3\xff";
        let mut bytes = seed.to_vec();
        for _ in 0..=self.below(3) {
            let place = self.below(bytes.len() + 1);
            let telling = TELLING[self.below(TELLING.len())];
            match self.below(6) {
                0 => bytes.insert(place, telling),
                1 if place < bytes.len() => bytes[place] = telling,
                2 if place < bytes.len() => drop(bytes.remove(place)),
                3 => bytes.truncate(place),
                4 => {
                    let end = (place + self.below(16)).min(bytes.len());
                    let again = bytes[place..end].to_vec();
                    bytes.splice(place..place, again);
                }
                _ => {
                    let start = self.below(other.len() + 1);
                    let end = (start + self.below(24)).min(other.len());
                    bytes.splice(place..place, other[start..end].iter().copied());
                }
            }
        }
        bytes
    }
}

/// Runs a target over its corpus, and over `mutations` of each seed.
fn sweep(target: &str, mutations: u64) {
    let seeds = corpus(target);
    assert!(seeds.len() >= FEWEST, "{target} has {} seeds only", seeds.len());
    let mut numbers = Numbers(0x5eed);
    let mut read = 0;
    for (index, (name, seed)) in seeds.iter().enumerate() {
        println!("{name}");
        read += usize::from(targets::run(target, seed));
        let other = &seeds[(index + 1) % seeds.len()].1;
        for _ in 0..mutations {
            let mutated = numbers.mutate(seed, other);
            // Seen when the test fails, and then it is the next seed.
            println!("{:?}", String::from_utf8_lossy(&mutated));
            targets::run(target, &mutated);
        }
    }
    assert!((1..seeds.len()).contains(&read), "{read} of {} seeds of {target} can be read", seeds.len());
}

macro_rules! sweeps {
    ($($target:ident = $mutations:expr),+ $(,)?) => {
        $(#[test]
        fn $target() {
            sweep(stringify!($target), $mutations);
        })+

        const SWEPT: &[&str] = &[$(stringify!($target)),+];
    };
}

sweeps! {
    access_token = MUTATIONS,
    authorization_header = MUTATIONS,
    authorization_request = MUTATIONS,
    basic_credentials = MUTATIONS,
    block_set = MUTATIONS,
    code_challenge = MUTATIONS,
    database_url = MUTATIONS,
    fleet_api_body = MUTATIONS,
    jwk_set = MUTATIONS,
    operator_config = MUTATIONS,
    parameters_form = MUTATIONS,
    parameters_json = MUTATIONS,
    // Each is a request to a server.
    partner_domain = 10,
    public_key = MUTATIONS,
    redirect_uri = MUTATIONS,
    refresh_token = MUTATIONS,
    scope_set = MUTATIONS,
    // Each default world makes keys.
    seed_file = 40,
    vehicle_tag = MUTATIONS,
}

#[test]
fn each_target_has_a_corpus_a_binary_and_a_test() {
    let names = |folder: &str, extension: &str| -> BTreeSet<String> {
        let entries = fs::read_dir(fuzz().join(folder)).expect("a folder");
        let names = entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("a name"));
        names.map(|name| name.trim_end_matches(extension).to_owned()).collect()
    };
    let targets: BTreeSet<String> = targets::TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(names("corpus", ""), targets);
    assert_eq!(names("fuzz_targets", ".rs"), targets);
    assert_eq!(SWEPT.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>(), targets);
    let manifest = fs::read_to_string(fuzz().join("Cargo.toml")).expect("the manifest");
    let binaries = manifest.lines().filter_map(|line| line.strip_prefix("path = \"fuzz_targets/"));
    let binaries: BTreeSet<String> =
        binaries.map(|rest| rest.split('.').next().unwrap_or_default().to_owned()).collect();
    assert_eq!(binaries, targets);
}

//! Numbers that look random and depend on an identity alone.

#[cfg(test)]
mod tests;

/// A point from which any number of values can be drawn by label. Not for secrets.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seed(u64);

impl Seed {
    /// The seed of a device, from its VIN or identifier.
    pub(crate) fn of(identity: &str) -> Self {
        Self(0xcbf2_9ce4_8422_2325).at(identity)
    }

    /// The seed of a property of this one (FNV-1a, then mixed).
    pub(crate) fn at(self, label: &str) -> Self {
        let hash = label.bytes().fold(self.0, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        Self(mix(hash))
    }

    /// The seed of the `index`-th of a sequence, such as a day.
    pub(crate) fn nth(self, index: i64) -> Self {
        Self(mix(self.0 ^ mix(index.cast_unsigned())))
    }

    /// A number from 0 inclusive to 1 exclusive.
    pub(crate) fn unit(self) -> f64 {
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A number between two bounds.
    pub(crate) fn between(self, low: f64, high: f64) -> f64 {
        low + self.unit() * (high - low)
    }

    /// A whole number from 0 inclusive to `bound` exclusive.
    pub(crate) fn below(self, bound: i64) -> i64 {
        (self.unit() * bound as f64) as i64
    }

    /// Sixteen hexadecimal digits.
    pub(crate) fn hex(self) -> String {
        format!("{:016x}", self.0)
    }

    /// A version 4 UUID.
    pub(crate) fn uuid(self) -> String {
        let (high, low) = (self.0, self.nth(1).0);
        format!(
            "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
            high >> 32,
            high >> 16 & 0xffff,
            high & 0xfff,
            low >> 48 & 0x3fff | 0x8000,
            low & 0xffff_ffff_ffff
        )
    }
}

/// The finalizer of SplitMix64.
fn mix(value: u64) -> u64 {
    let value = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let value = (value ^ value >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ value >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ value >> 31
}

//! Which addresses we put on the wire. Stricter than RFC 5321: no quoted local parts, no address literals. What is
//! left cannot contain anything that ends a command or a header.

/// Why an address is not put on the wire. Names the cause, never the address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadAddress {
    #[error("an address has no text before or after its @; correct it in the chart")]
    Incomplete,
    #[error("an address is longer than mail allows (64 before the @, 254 in all); correct it in the chart")]
    TooLong,
    #[error("an address contains a blank or a sign that mail does not allow; correct it in the chart")]
    ForbiddenSign,
}

const LONGEST: usize = 254;
const LONGEST_LOCAL: usize = 64;

pub(crate) fn check(address: &str) -> Result<(), BadAddress> {
    let (local, domain) = address.rsplit_once('@').ok_or(BadAddress::Incomplete)?;
    if local.is_empty() || domain.split('.').any(str::is_empty) {
        return Err(BadAddress::Incomplete);
    }
    if address.len() > LONGEST || local.len() > LONGEST_LOCAL {
        return Err(BadAddress::TooLong);
    }
    if !local.chars().all(allowed_before_at) || !domain.chars().all(allowed_after_at) {
        return Err(BadAddress::ForbiddenSign);
    }
    Ok(())
}

fn allowed_before_at(sign: char) -> bool {
    sign.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(sign) || allowed_beyond_ascii(sign)
}

fn allowed_after_at(sign: char) -> bool {
    sign.is_ascii_alphanumeric() || sign == '-' || sign == '.' || allowed_beyond_ascii(sign)
}

/// Letters and digits only: blanks, controls and direction marks outside ASCII are ways to disguise an address.
fn allowed_beyond_ascii(sign: char) -> bool {
    !sign.is_ascii() && sign.is_alphanumeric()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everyday_addresses_pass() {
        for address in ["alma@clinic.example", "o'brien+pt@mail.clinic.example", "ñandú@clínica.example", "a@b"] {
            assert_eq!(check(address), Ok(()), "{address}");
        }
    }

    #[test]
    fn broken_or_hostile_addresses_do_not() {
        for address in ["", "alma", "@clinic.example", "alma@", "alma@clinic..example", "alma@.example"] {
            assert_eq!(check(address), Err(BadAddress::Incomplete), "{address}");
        }
        for address in [
            "alma@clinic.example\r\nRCPT TO:<eve@evil.example>",
            "alma\r\n@clinic.example",
            "alma>@clinic.example",
            "alma @clinic.example",
            "alma@eve@clinic.example",
            "alma@[127.0.0.1]",
            "\"alma\"@clinic.example",
            "alma\u{a0}@clinic.example",
            "alma\u{202e}@clinic.example",
            "alma@clinic.example,eve@evil.example",
        ] {
            assert_eq!(check(address), Err(BadAddress::ForbiddenSign), "{address}");
        }
        assert_eq!(check(&format!("{}@b.example", "a".repeat(65))), Err(BadAddress::TooLong));
        assert_eq!(check(&format!("a@{}", "b".repeat(254))), Err(BadAddress::TooLong));
    }
}

//! `fleetgate which-token`: from what somebody builds to the token that it needs.

use std::io::{BufRead as _, Write as _};

use clap::ValueEnum as _;
use fleetgate_protocol::TokenType;

use crate::Exit;
use crate::arguments::{Building, WhichToken};
use crate::output::{Paint, print};

struct Answer {
    question: &'static str,
    token_type: TokenType,
    because: &'static str,
}

impl Building {
    const fn answer(self) -> Answer {
        match self {
            Self::ClosedSource => Answer {
                question: "Closed-source software that acts for people",
                token_type: TokenType::ThirdParty,
                because: "Each person consents, and the application keeps a secret on its own server.",
            },
            Self::Business => Answer {
                question: "Software of a business for its own vehicles and sites",
                token_type: TokenType::Partner,
                because: "The business itself owns the products, so that nobody has to consent.",
            },
            Self::OpenSource => Answer {
                question: "Open-source software that acts for people",
                token_type: TokenType::OpenSource,
                because: "Everybody can read the program, so that it has no secret: PKCE takes its place. Tesla has \
                          withdrawn this type; Fleetgate supports it.",
            },
            Self::OwnProducts => Answer {
                question: "Something for your own car or house",
                token_type: TokenType::ThirdParty,
                because: "You are the person who consents, to an application of your own.",
            },
            Self::PartnerEndpoints => Answer {
                question: "Anything that calls partner endpoints, such as registering a domain",
                token_type: TokenType::Partner,
                because: "Partner endpoints are about the application itself, whatever else it does.",
            },
            Self::ForBusinesses => Answer {
                question: "Closed-source software that acts for businesses",
                token_type: TokenType::ThirdPartyBusiness,
                because: "An administrator of the business consents, and hands over an `auth_code`.",
            },
        }
    }
}

pub(crate) fn run(which: &WhichToken) -> anyhow::Result<Exit> {
    let building = match which.building {
        Some(building) => building,
        None => match ask()? {
            Some(building) => building,
            None => return Ok(Exit::Usage),
        },
    };
    let answer = building.answer();
    let title = answer.token_type.title();
    let article = if title.starts_with('o') { "an" } else { "a" };
    let paint = Paint::stdout();
    print(&format!(
        "You need {article} {}.\n{}\n\n{}\n",
        paint.bold(title),
        answer.because,
        request(answer.token_type, which.base_url.trim_end_matches('/'))
    ));
    Ok(Exit::Success)
}

/// Asks at the terminal; `None` when the answer is none of the choices.
fn ask() -> anyhow::Result<Option<Building>> {
    let choices = Building::value_variants();
    let mut text = String::from("What do you build?\n");
    for (index, choice) in choices.iter().enumerate() {
        text.push_str(&format!("  {}. {}\n", index + 1, choice.answer().question));
    }
    text.push_str(&format!("Number (1 to {}): ", choices.len()));
    std::io::stderr().write_all(text.as_bytes())?;
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line)?;
    let chosen = line.trim().parse::<usize>().ok().and_then(|number| choices.get(number.checked_sub(1)?)).copied();
    if chosen.is_none() {
        let text = format!("\n`{}` is none of the numbers; try again, or use `--building`.\n", line.trim());
        std::io::stderr().write_all(text.as_bytes())?;
    }
    Ok(chosen)
}

/// How to ask for a token of this type.
fn request(token_type: TokenType, base_url: &str) -> String {
    let authorize = |extra: &str| {
        format!(
            "1. Send the person's browser to\n   {base_url}/oauth2/v3/authorize?response_type=code&client_id=CLIENT_ID\
             &redirect_uri=REDIRECT_URI&scope=openid%20offline_access%20vehicle_device_data&state=RANDOM{extra}\n\
             2. Exchange the code that comes back:\n"
        )
    };
    let token = |fields: &[&str]| {
        let fields: Vec<String> = fields.iter().map(|field| format!("     --data-urlencode '{field}'")).collect();
        format!("   curl {base_url}/oauth2/v3/token \\\n{}", fields.join(" \\\n"))
    };
    let audience = format!("audience={base_url}");
    match token_type {
        TokenType::ThirdParty => {
            authorize("")
                + &token(&[
                    "grant_type=authorization_code",
                    "client_id=CLIENT_ID",
                    "client_secret=CLIENT_SECRET",
                    "code=CODE",
                    "redirect_uri=REDIRECT_URI",
                    &audience,
                ])
        }
        TokenType::OpenSource => {
            authorize("&code_challenge=CHALLENGE&code_challenge_method=S256")
                + &token(&[
                    "grant_type=authorization_code",
                    "client_id=CLIENT_ID",
                    "code=CODE",
                    "redirect_uri=REDIRECT_URI",
                    "code_verifier=VERIFIER",
                ])
        }
        TokenType::Partner => {
            "Ask with the application's own credentials:\n".to_owned()
                + &token(&[
                    "grant_type=client_credentials",
                    "client_id=CLIENT_ID",
                    "client_secret=CLIENT_SECRET",
                    "scope=openid vehicle_device_data",
                    &audience,
                ])
        }
        TokenType::ThirdPartyBusiness => {
            "Ask with the application's own credentials and the business's code:\n".to_owned()
                + &token(&[
                    "grant_type=client_credentials",
                    "client_id=CLIENT_ID",
                    "client_secret=CLIENT_SECRET",
                    "auth_code=AUTH_CODE",
                    "scope=vehicle_device_data vehicle_cmds",
                    &audience,
                ])
        }
    }
}

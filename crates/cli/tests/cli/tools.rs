//! Commands that need no server.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::{run, run_with, shown};

fn token(claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let header = json!({"alg": "RS256", "typ": "JWT", "kid": "somebody"});
    format!("{}.{}.{}", part(&header), part(claims), URL_SAFE_NO_PAD.encode("signature"))
}

fn claims() -> Value {
    json!({
        "iss": "https://auth.example.com/oauth2/v3/thirdparty",
        "azp": "my-client",
        "sub": "7dd6d4af-b4e1-42e9-9975-db674674e82c",
        "aud": ["https://fleet.example.com", "https://auth.example.com/oauth2/v3/userinfo"],
        "scp": ["openid", "energy_cmds"],
        "exp": 4_102_444_800_i64,
        "iat": 1_723_560_735,
        "ou_code": "EU",
        "open_source": false,
        "jti": "0d7c6f5e-4b3a-4291-8807-f6e5d4c3b2a1.3.abcd",
    })
}

#[test]
fn which_token_answers_each_question() {
    insta::assert_snapshot!(run(&["which-token", "--building", "closed-source"]), @r#"
exit: 0
--- stdout
You need a third-party token.
Each person consents, and the application keeps a secret on its own server.

1. Send the person's browser to
   http://127.0.0.1:8080/oauth2/v3/authorize?response_type=code&client_id=CLIENT_ID&redirect_uri=REDIRECT_URI&scope=openid%20offline_access%20vehicle_device_data&state=RANDOM
2. Exchange the code that comes back:
   curl http://127.0.0.1:8080/oauth2/v3/token \
     --data-urlencode 'grant_type=authorization_code' \
     --data-urlencode 'client_id=CLIENT_ID' \
     --data-urlencode 'client_secret=CLIENT_SECRET' \
     --data-urlencode 'code=CODE' \
     --data-urlencode 'redirect_uri=REDIRECT_URI' \
     --data-urlencode 'audience=http://127.0.0.1:8080'
"#);
    insta::assert_snapshot!(run(&["which-token", "--building", "business"]), @r#"
exit: 0
--- stdout
You need a partner token.
The business itself owns the products, so that nobody has to consent.

Ask with the application's own credentials:
   curl http://127.0.0.1:8080/oauth2/v3/token \
     --data-urlencode 'grant_type=client_credentials' \
     --data-urlencode 'client_id=CLIENT_ID' \
     --data-urlencode 'client_secret=CLIENT_SECRET' \
     --data-urlencode 'scope=openid vehicle_device_data' \
     --data-urlencode 'audience=http://127.0.0.1:8080'
"#);
    insta::assert_snapshot!(run(&["which-token", "--building", "open-source"]), @r#"
exit: 0
--- stdout
You need an open-source token.
Everybody can read the program, so that it has no secret: PKCE takes its place. Tesla has withdrawn this type; Fleetgate supports it.

1. Send the person's browser to
   http://127.0.0.1:8080/oauth2/v3/authorize?response_type=code&client_id=CLIENT_ID&redirect_uri=REDIRECT_URI&scope=openid%20offline_access%20vehicle_device_data&state=RANDOM&code_challenge=CHALLENGE&code_challenge_method=S256
2. Exchange the code that comes back:
   curl http://127.0.0.1:8080/oauth2/v3/token \
     --data-urlencode 'grant_type=authorization_code' \
     --data-urlencode 'client_id=CLIENT_ID' \
     --data-urlencode 'code=CODE' \
     --data-urlencode 'redirect_uri=REDIRECT_URI' \
     --data-urlencode 'code_verifier=VERIFIER'
"#);
    insta::assert_snapshot!(run(&["which-token", "--building", "own-products"]), @r#"
exit: 0
--- stdout
You need a third-party token.
You are the person who consents, to an application of your own.

1. Send the person's browser to
   http://127.0.0.1:8080/oauth2/v3/authorize?response_type=code&client_id=CLIENT_ID&redirect_uri=REDIRECT_URI&scope=openid%20offline_access%20vehicle_device_data&state=RANDOM
2. Exchange the code that comes back:
   curl http://127.0.0.1:8080/oauth2/v3/token \
     --data-urlencode 'grant_type=authorization_code' \
     --data-urlencode 'client_id=CLIENT_ID' \
     --data-urlencode 'client_secret=CLIENT_SECRET' \
     --data-urlencode 'code=CODE' \
     --data-urlencode 'redirect_uri=REDIRECT_URI' \
     --data-urlencode 'audience=http://127.0.0.1:8080'
"#);
    insta::assert_snapshot!(run(&["which-token", "--building", "partner-endpoints"]), @r#"
exit: 0
--- stdout
You need a partner token.
Partner endpoints are about the application itself, whatever else it does.

Ask with the application's own credentials:
   curl http://127.0.0.1:8080/oauth2/v3/token \
     --data-urlencode 'grant_type=client_credentials' \
     --data-urlencode 'client_id=CLIENT_ID' \
     --data-urlencode 'client_secret=CLIENT_SECRET' \
     --data-urlencode 'scope=openid vehicle_device_data' \
     --data-urlencode 'audience=http://127.0.0.1:8080'
"#);
    insta::assert_snapshot!(run(&["which-token", "--building", "for-businesses", "--base-url", "https://fleet.example.com/"]), @r#"
exit: 0
--- stdout
You need a third-party business token.
An administrator of the business consents, and hands over an `auth_code`.

Ask with the application's own credentials and the business's code:
   curl https://fleet.example.com/oauth2/v3/token \
     --data-urlencode 'grant_type=client_credentials' \
     --data-urlencode 'client_id=CLIENT_ID' \
     --data-urlencode 'client_secret=CLIENT_SECRET' \
     --data-urlencode 'auth_code=AUTH_CODE' \
     --data-urlencode 'scope=vehicle_device_data vehicle_cmds' \
     --data-urlencode 'audience=https://fleet.example.com'
"#);
}

#[test]
fn which_token_asks() {
    let home = tempfile::tempdir().expect("a home");
    let answer = |input: &str| shown(home.path(), &run_with(home.path(), &["which-token"], input));
    insta::assert_snapshot!(answer("5\n"), @r#"
exit: 0
--- stdout
You need a partner token.
Partner endpoints are about the application itself, whatever else it does.

Ask with the application's own credentials:
   curl http://127.0.0.1:8080/oauth2/v3/token \
     --data-urlencode 'grant_type=client_credentials' \
     --data-urlencode 'client_id=CLIENT_ID' \
     --data-urlencode 'client_secret=CLIENT_SECRET' \
     --data-urlencode 'scope=openid vehicle_device_data' \
     --data-urlencode 'audience=http://127.0.0.1:8080'
--- stderr
What do you build?
  1. Closed-source software that acts for people
  2. Software of a business for its own vehicles and sites
  3. Open-source software that acts for people
  4. Something for your own car or house
  5. Anything that calls partner endpoints, such as registering a domain
  6. Closed-source software that acts for businesses
Number (1 to 6):
"#);
    insta::assert_snapshot!(answer("7\n"), @r#"
exit: 2
--- stderr
What do you build?
  1. Closed-source software that acts for people
  2. Software of a business for its own vehicles and sites
  3. Open-source software that acts for people
  4. Something for your own car or house
  5. Anything that calls partner endpoints, such as registering a domain
  6. Closed-source software that acts for businesses
Number (1 to 6): 
`7` is none of the numbers; try again, or use `--building`.
"#);
    assert!(answer("").starts_with("exit: 2\n"), "nobody answers");
}

#[test]
fn routes_can_be_narrowed() {
    insta::assert_snapshot!(run(&["routes", "--scope", "energy_cmds"]), @r#"
exit: 0
--- stdout
Method  Path                                                                    Scope (any of)                                                                                        Token type
GET     /api/1/users/region                                                     user_data, vehicle_device_data, vehicle_cmds, vehicle_charging_cmds, energy_device_data, energy_cmds  third_party, open_source
POST    /api/1/energy_sites/{energy_site_id}/backup                             energy_cmds                                                                                           any
POST    /api/1/energy_sites/{energy_site_id}/operation                          energy_cmds                                                                                           any
POST    /api/1/energy_sites/{energy_site_id}/storm_mode                         energy_cmds                                                                                           any
POST    /api/1/energy_sites/{energy_site_id}/grid_import_export                 energy_cmds                                                                                           any
POST    /api/1/energy_sites/{energy_site_id}/off_grid_vehicle_charging_reserve  energy_cmds                                                                                           any
POST    /api/1/energy_sites/{energy_site_id}/time_of_use_settings               energy_cmds                                                                                           any
POST    /api/1/energy_sites/{energy_site_id}/command                            energy_cmds                                                                                           any
"#);
    insta::assert_snapshot!(run(&["routes", "--scope", "energy_cmds", "--token-type", "partner", "--json"]), @r#"
exit: 0
--- stdout
[
  {
    "confidence": "documented",
    "device": "energy_site",
    "method": "POST",
    "name": "backup",
    "parts": [],
    "path": "/api/1/energy_sites/{energy_site_id}/backup",
    "price": "command",
    "registration": true,
    "scopes_any": [
      "energy_cmds"
    ],
    "summary": "Sets the reserve that is kept for an outage.",
    "token_types": [
      "third_party",
      "partner",
      "open_source",
      "third_party_business"
    ]
  },
  {
    "confidence": "documented",
    "device": "energy_site",
    "method": "POST",
    "name": "operation",
    "parts": [],
    "path": "/api/1/energy_sites/{energy_site_id}/operation",
    "price": "command",
    "registration": true,
    "scopes_any": [
      "energy_cmds"
    ],
    "summary": "Sets the operation mode of a site.",
    "token_types": [
      "third_party",
      "partner",
      "open_source",
      "third_party_business"
    ]
  },
  {
    "confidence": "documented",
    "device": "energy_site",
    "method": "POST",
    "name": "storm_mode",
    "parts": [],
    "path": "/api/1/energy_sites/{energy_site_id}/storm_mode",
    "price": "command",
    "registration": true,
    "scopes_any": [
      "energy_cmds"
    ],
    "summary": "Sets whether the batteries are filled when a storm is forecast.",
    "token_types": [
      "third_party",
      "partner",
      "open_source",
      "third_party_business"
    ]
  },
  {
    "confidence": "documented",
    "device": "energy_site",
    "method": "POST",
    "name": "grid_import_export",
    "parts": [],
    "path": "/api/1/energy_sites/{energy_site_id}/grid_import_export",
    "price": "command",
    "registration": true,
    "scopes_any": [
      "energy_cmds"
    ],
    "summary": "Sets whether batteries charge from the grid, and what may go to it.",
    "token_types": [
      "third_party",
      "partner",
      "open_source",
      "third_party_business"
    ]
  },
  {
    "confidence": "documented",
    "device": "energy_site",
    "method": "POST",
    "name": "off_grid_vehicle_charging_reserve",
    "parts": [],
    "path": "/api/1/energy_sites/{energy_site_id}/off_grid_vehicle_charging_reserve",
    "price": "command",
    "registration": true,
    "scopes_any": [
      "energy_cmds"
    ],
    "summary": "Sets the charge that is kept from cars during an outage.",
    "token_types": [
      "third_party",
      "partner",
      "open_source",
      "third_party_business"
    ]
  },
  {
    "confidence": "documented",
    "device": "energy_site",
    "method": "POST",
    "name": "time_of_use_settings",
    "parts": [],
    "path": "/api/1/energy_sites/{energy_site_id}/time_of_use_settings",
    "price": "command",
    "registration": true,
    "scopes_any": [
      "energy_cmds"
    ],
    "summary": "Sets the tariff that the mode `autonomous` follows.",
    "token_types": [
      "third_party",
      "partner",
      "open_source",
      "third_party_business"
    ]
  },
  {
    "confidence": "client-code",
    "device": "energy_site",
    "method": "POST",
    "name": "energy_site_command",
    "parts": [],
    "path": "/api/1/energy_sites/{energy_site_id}/command",
    "price": "command",
    "registration": true,
    "scopes_any": [
      "energy_cmds"
    ],
    "summary": "Hands a command to the gateway itself.",
    "token_types": [
      "third_party",
      "partner",
      "open_source",
      "third_party_business"
    ]
  }
]
"#);
    insta::assert_snapshot!(run(&["routes", "--scope", "my_own_scope"]), @r#"
exit: 2
--- stderr
error: invalid value 'my_own_scope' for '--scope <SCOPE>': the Fleet API has the scopes openid, offline_access, user_data, vehicle_device_data, vehicle_cmds, vehicle_charging_cmds, energy_device_data, energy_cmds, vehicle_location, vehicle_specs, vehicle_pricing_info, enterprise_management

For more information, try '--help'.
"#);
}

#[test]
fn routes_are_the_whole_table() {
    let text = run(&["routes"]);
    for operation in fleetgate_protocol::OperationId::all() {
        let row = operation.row();
        assert!(text.contains(&format!("{:<6}  {}", row.method.as_str(), row.path)), "{}", row.path);
    }
}

#[test]
fn a_token_is_inspected() {
    insta::assert_snapshot!(run(&["token", "inspect", &token(&claims())]), @r#"
exit: 0
--- stdout
Type         third-party token
Subject      7dd6d4af-b4e1-42e9-9975-db674674e82c
Application  my-client
Issuer       https://auth.example.com/oauth2/v3/thirdparty
Scopes       openid energy_cmds
Audiences    https://fleet.example.com
             https://auth.example.com/oauth2/v3/userinfo
Home region  EU
Issued       2024-08-13T14:52:15Z
Ends         2100-01-01T00:00:00Z
Signature    not checked: the key is not at hand, so that anybody may have written this

It may call, in its own region and for its own devices:
Method  Path
GET     /api/1/users/region
POST    /api/1/energy_sites/{energy_site_id}/backup
POST    /api/1/energy_sites/{energy_site_id}/operation
POST    /api/1/energy_sites/{energy_site_id}/storm_mode
POST    /api/1/energy_sites/{energy_site_id}/grid_import_export
POST    /api/1/energy_sites/{energy_site_id}/off_grid_vehicle_charging_reserve
POST    /api/1/energy_sites/{energy_site_id}/time_of_use_settings
POST    /api/1/energy_sites/{energy_site_id}/command
"#);
    insta::assert_snapshot!(run(&["token", "inspect", "--json", &token(&claims())]), @r#"
exit: 0
--- stdout
{
  "application": "my-client",
  "audiences": [
    "https://fleet.example.com",
    "https://auth.example.com/oauth2/v3/userinfo"
  ],
  "expired": false,
  "expires_at": "2100-01-01T00:00:00Z",
  "home_region": "EU",
  "issued_at": "2024-08-13T14:52:15Z",
  "issuer": "https://auth.example.com/oauth2/v3/thirdparty",
  "operations": [
    {
      "method": "GET",
      "name": "region",
      "path": "/api/1/users/region"
    },
    {
      "method": "POST",
      "name": "backup",
      "path": "/api/1/energy_sites/{energy_site_id}/backup"
    },
    {
      "method": "POST",
      "name": "operation",
      "path": "/api/1/energy_sites/{energy_site_id}/operation"
    },
    {
      "method": "POST",
      "name": "storm_mode",
      "path": "/api/1/energy_sites/{energy_site_id}/storm_mode"
    },
    {
      "method": "POST",
      "name": "grid_import_export",
      "path": "/api/1/energy_sites/{energy_site_id}/grid_import_export"
    },
    {
      "method": "POST",
      "name": "off_grid_vehicle_charging_reserve",
      "path": "/api/1/energy_sites/{energy_site_id}/off_grid_vehicle_charging_reserve"
    },
    {
      "method": "POST",
      "name": "time_of_use_settings",
      "path": "/api/1/energy_sites/{energy_site_id}/time_of_use_settings"
    },
    {
      "method": "POST",
      "name": "energy_site_command",
      "path": "/api/1/energy_sites/{energy_site_id}/command"
    }
  ],
  "scopes": [
    "openid",
    "energy_cmds"
  ],
  "signature": "unchecked",
  "subject": "7dd6d4af-b4e1-42e9-9975-db674674e82c",
  "token_type": "third_party"
}
"#);
    // One that is over opens nothing, whatever it says.
    let mut over = claims();
    over["exp"] = json!(1_723_589_535);
    let over = token(&over);
    let text = run(&["token", "inspect", &over]);
    assert!(text.starts_with("exit: 1") && text.contains("Ends         2024-08-13T22:52:15Z (over)"), "{text}");
    assert!(text.ends_with("It may call no operation: it is over.\n"), "{text}");
    let text = run(&["token", "inspect", "--json", &over]);
    assert!(text.starts_with("exit: 1") && text.contains("\"operations\": []"), "{text}");
    let home = tempfile::tempdir().expect("a home");
    let piped = run_with(home.path(), &["token", "inspect", "-"], &format!("{}\n", token(&claims())));
    assert!(piped.status.success());
}

#[test]
fn what_is_no_access_token_is_named() {
    let id_token = json!({"iss": "https://auth.example.com", "sub": "x", "aud": "my-client", "azp": "my-client", "exp": 2, "iat": 1});
    let long = "0".repeat(60);
    insta::assert_snapshot!(run(&["token", "inspect", &token(&id_token)]), @r#"
exit: 1
--- stderr
error: This is an id_token: it says who signed in, and opens nothing. Send the `access_token` beside it.
"#);
    insta::assert_snapshot!(run(&["token", "inspect", &format!("NA_{long}")]), @r#"
exit: 1
--- stderr
error: This is a code: exchange it at the token endpoint, once.
"#);
    insta::assert_snapshot!(run(&["token", "inspect", &format!("EU_{long}{long}")]), @r#"
exit: 1
--- stderr
error: This is a refresh token: it opens nothing itself; exchange it at the token endpoint with `grant_type=refresh_token`.
"#);
    insta::assert_snapshot!(run(&["token", "inspect", "hello"]), @r#"
exit: 1
--- stderr
error: This is no access token: one has three parts with a dot between.
"#);
    insta::assert_snapshot!(run(&["token", "inspect", &token(&json!({"sub": "x"}))]), @r#"
exit: 1
--- stderr
error: This is a signed token, but no access token of a Fleet API.
"#);
}

#[test]
fn arguments_that_make_no_sense_are_a_usage_error() {
    insta::assert_snapshot!(run(&["routes", "--token-type", "robot"]), @r#"
exit: 2
--- stderr
error: invalid value 'robot' for '--token-type <TYPE>': `robot` is none of `third_party`, `partner`, `open_source`, `third_party_business`

For more information, try '--help'.
"#);
    insta::assert_snapshot!(run(&["token"]), @r#"
exit: 2
--- stderr
error: the following required arguments were not provided:
  --app <NAME>

Usage: fleetgate token --app <NAME>

For more information, try '--help'.
"#);
    insta::assert_snapshot!(run(&["serve"]), @r#"
exit: 2
--- stderr
error: the following required arguments were not provided:
  --config <FILE>

Usage: fleetgate serve --config <FILE>

For more information, try '--help'.
"#);
    insta::assert_snapshot!(run(&["dev", "--dialect", "oauth"]), @r#"
exit: 2
--- stderr
error: invalid value 'oauth' for '--dialect <DIALECT>': `oauth` is none of `fleet-api`, `rfc`

For more information, try '--help'.
"#);
    insta::assert_snapshot!(run(&["nothing"]), @r#"
exit: 2
--- stderr
error: unrecognized subcommand 'nothing'

Usage: fleetgate <COMMAND>

For more information, try '--help'.
"#);
    for arguments in [&["--version"][..], &["--help"], &["token", "inspect", "--help"]] {
        assert!(run(arguments).starts_with("exit: 0\n"), "{arguments:?}");
    }
}

#[test]
fn without_a_sandbox_its_commands_say_how_to_start_one() {
    insta::assert_snapshot!(run(&["world"]), @r#"
exit: 1
--- stderr
error: There is no sandbox in the database `sqlite:~/.local/share/fleetgate/sandbox/fleetgate.db`; start one with `fleetgate dev`, or name the one that it was started with by `--data-dir` and `--database`.
"#);
    insta::assert_snapshot!(run(&["token", "--app", "Charge Planner"]), @r#"
exit: 1
--- stderr
error: There is no sandbox in the database `sqlite:~/.local/share/fleetgate/sandbox/fleetgate.db`; start one with `fleetgate dev`, or name the one that it was started with by `--data-dir` and `--database`.
"#);
}

#[test]
fn a_sandbox_for_everybody_must_be_asked_for() {
    insta::assert_snapshot!(run(&["dev", "--listen", "0.0.0.0:8080"]), @r#"
exit: 1
--- stderr
error: `0.0.0.0:8080` lets other machines in; say so with `--expose`, or listen on `127.0.0.1:8080`.
"#);
    insta::assert_snapshot!(run(&["dev", "--listen", "0.0.0.0:0", "--expose"]), @r#"
exit: 1
--- stderr
error: The public URL of `0.0.0.0:0` is not known before it listens; name it with `--base-url`.
"#);
    insta::assert_snapshot!(run(&["dev", "--base-url", "sandbox.example.com"]), @r#"
exit: 1
--- stderr
error: `sandbox.example.com` is no URL; write it as `http://192.0.2.7:8080`.
"#);
}

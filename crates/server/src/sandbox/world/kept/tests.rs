use crate::sandbox::world::World;

const VIN: &str = "5YJ3E1EB7PF900417";

/// A world with a person, a car and an application, and these tables beside.
fn read(tables: &str) -> Result<World, String> {
    let text = format!(
        "name = \"a\"\n[[accounts]]\nemail = \"kim@example.com\"\nid = \"00000000-0000-4000-8000-000000000001\"\n\
         [[applications]]\nname = \"App\"\nkind = \"third_party\"\nclient_id = \"app\"\n\
         [[vehicles]]\nvin = \"{VIN}\"\nowner = \"kim@example.com\"\n{tables}"
    );
    World::read("world.toml", &text).map_err(|error| error.to_string())
}

fn invitation(vin: &str, id: i64, code: &str) -> String {
    format!(
        "[[kept]]\nwhat = \"invitation\"\nvin = \"{vin}\"\nid = {id}\ncode = \"{code}\"\ncreated_at = 1\nexpires_at = 2\n"
    )
}

#[test]
fn what_is_kept_belongs_to_something_of_the_file() {
    assert!(read(&invitation(VIN, 1, "x")).is_ok());
    let error = |tables: &str| read(tables).unwrap_err();
    insta::assert_snapshot!(error(&invitation("7SAYGDEE9PA512044", 1, "x")), @"`world.toml`, line 12, `kept`: This file has no vehicle `7SAYGDEE9PA512044`.");
    let config = format!(
        "[[kept]]\nwhat = \"telemetry_config\"\nvin = \"{VIN}\"\nclient_id = \"other\"\nends_at = 1\nchanged_at = 1\n"
    );
    insta::assert_snapshot!(error(&config), @"`world.toml`, line 12, `kept`: This file has no application `other`.");
    let key =
        "[[kept]]\nwhat = \"public_key\"\naccount_id = \"nobody\"\nkey = \"04\"\ndocument = \"{}\"\nupdated_at = 1\n";
    insta::assert_snapshot!(error(key), @"`world.toml`, line 12, `kept`: This file has no account `nobody`.");
    insta::assert_snapshot!(error(&(invitation(VIN, 1, "x") + &invitation(VIN, 2, "x"))), @"`world.toml`, line 19, `kept`: This stands in this file already; each needs its own.");
    insta::assert_snapshot!(error("[[kept]]\nwhat = \"a dream\"\n"), @"`world.toml`, line 13, `kept[0].what`: unknown variant `a dream`, expected one of `invitation`, `telemetry_config`, `telemetry_error`, `payer`, `public_key`, `subscription`.");
    insta::assert_snapshot!(error(&(invitation(VIN, 1, "x") + "colour = 1\n")), @"`world.toml`, line 12, `kept[0]`: unknown field `colour`, expected one of `vin`, `id`, `code`, `created_at`, `expires_at`, `revoked_at`, `redeemed_at`, `redeemed_by`.");
    let documents =
        ["payer\"\nvin = \"VIN\"", "public_key\"\nkey = \"04\"\nACCOUNT", "subscription\"\nkey = \"x\"\nACCOUNT"];
    for what in documents {
        let what = what.replace("VIN", VIN);
        let what = what.replace("ACCOUNT", "account_id = \"00000000-0000-4000-8000-000000000001\"\nupdated_at = 1");
        let wrong = error(&format!("[[kept]]\nwhat = \"{what}\ndocument = \"7\"\n"));
        assert!(wrong.starts_with("`world.toml`, line 12, `kept`: This is nothing that"), "{wrong}");
    }
}

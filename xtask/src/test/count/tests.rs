use super::*;

fn counted(read: fn(&mut Counter, &str), lines: &str, success: bool) -> Count {
    let mut counter = Counter::default();
    lines.lines().for_each(|line| read(&mut counter, line));
    counter.finish(success)
}

#[test]
fn cargo_sums_every_binary() {
    let lines = "running 9 tests\ntest a ... ok\n\
        test result: ok. 9 passed; 0 failed; 0 ignored; 0 measured; 39 filtered out; finished in 0.13s\n\
        test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.13s";
    assert_eq!(counted(Counter::cargo, lines, false), Count { passed: 12, failed: 2 });
}

#[test]
fn node_counts_what_was_cancelled_as_failed() {
    let lines = "✔ signs in (3ms)\nℹ tests 6\nℹ suites 0\nℹ pass 4\nℹ fail 1\nℹ cancelled 1\nℹ skipped 0";
    assert_eq!(counted(Counter::node, lines, false), Count { passed: 4, failed: 2 });
    assert_eq!(counted(Counter::node, "# pass 2\n# fail 0", true), Count { passed: 2, failed: 0 });
}

#[test]
fn python_takes_what_did_not_pass_off_what_ran() {
    assert_eq!(counted(Counter::python, "Ran 5 tests in 0.1s\n\nOK", true), Count { passed: 5, failed: 0 });
    assert_eq!(counted(Counter::python, "Ran 5 tests in 1s\nOK (skipped=2)", true), Count { passed: 3, failed: 0 });
    let failed = "Ran 5 tests in 0.1s\n\nFAILED (failures=1, errors=2)";
    assert_eq!(counted(Counter::python, failed, false), Count { passed: 2, failed: 3 });
    let broken = "Ran 0 tests in 0.1s\n\nFAILED (errors=1)";
    assert_eq!(counted(Counter::python, broken, false), Count { passed: 0, failed: 1 });
}

#[test]
fn a_runner_that_fails_in_silence_counts_as_a_failed_test() {
    assert_eq!(counted(Counter::cargo, "error: could not compile", false), Count { passed: 0, failed: 1 });
    assert_eq!(counted(Counter::cargo, "", true), Count::default());
}

#[test]
fn the_summary_is_one_plain_line() {
    assert_eq!(Count { passed: 12, failed: 0 }.to_string(), "12 passed, 0 failed");
}

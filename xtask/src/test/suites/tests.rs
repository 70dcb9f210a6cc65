use super::*;

fn select(filter: &[&str]) -> (Vec<Suite>, Vec<String>) {
    Suite::select(&filter.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>())
}

#[test]
fn a_filter_without_a_suite_leaves_them_all() {
    assert_eq!(select(&[]), (Suite::ALL.to_vec(), vec![]));
    assert_eq!(select(&["refresh"]), (Suite::ALL.to_vec(), vec!["refresh".to_owned()]));
}

#[test]
fn a_filter_can_name_suites_and_tests() {
    assert_eq!(select(&["browser", "keyboard"]), (vec![Suite::Browser], vec!["keyboard".to_owned()]));
}

#[test]
fn a_runner_is_counted_by_what_it_prints_on_both_outputs() {
    let script = "echo 'test result: ok. 2 passed; 0 failed; 0 ignored'; \
                  echo 'test result: ok. 3 passed; 0 failed; 0 ignored' >&2";
    let count = counted(Command::new("sh").args(["-c", script]), Counter::cargo).unwrap();
    assert_eq!(count, Count { passed: 5, failed: 0 });
    let count = counted(Command::new("sh").args(["-c", "exit 3"]), Counter::cargo).unwrap();
    assert_eq!(count, Count { passed: 0, failed: 1 });
}

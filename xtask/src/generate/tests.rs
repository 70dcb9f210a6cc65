use super::*;

#[test]
fn equal_texts_do_not_differ() {
    assert_eq!(difference("a\nb\n", "a\nb\n"), None);
}

#[test]
fn a_difference_is_counted_between_what_is_equal() {
    assert_eq!(difference("a\nb\nc\n", "a\nx\ny\nc\n").unwrap(), "from line 2, 2 lines in place of 1");
    assert_eq!(difference("", "a\nb\n").unwrap(), "from line 1, 2 lines in place of 0");
    assert_eq!(difference("a\na\n", "a\na\na\n").unwrap(), "from line 3, 1 lines in place of 0");
}

#[test]
fn what_is_committed_is_what_the_table_says() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    assert!(run(&root, true).unwrap(), "run `cargo xtask generate` and commit what it writes");
}

#[test]
fn check_fails_until_the_files_are_written() {
    let folder = tempfile::tempdir().unwrap();
    assert!(!run(folder.path(), true).unwrap());
    assert!(!folder.path().join("docs").exists(), "a check writes nothing");
    assert!(run(folder.path(), false).unwrap());
    assert!(run(folder.path(), true).unwrap());
    let page = folder.path().join("docs/reference/operations.md");
    fs::write(&page, fs::read_to_string(&page).unwrap() + "more\n").unwrap();
    assert!(!run(folder.path(), true).unwrap());
}

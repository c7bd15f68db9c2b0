# Recipes for those who like just(1); each is a plain cargo command.

# everything CI does
ci:
    .ci/run

# the whole system in one process
demo:
    cargo run -- demo

fmt:
    cargo fmt --all

lint:
    cargo clippy --workspace --all-targets -- -D warnings

# the tests with nextest, a little faster
test:
    cargo nextest run --workspace

# The tiers above the unit tests. Each folder registers its own; tests/README.md says what belongs where.
include(cases/cases.cmake OPTIONAL)
include(net/net.cmake OPTIONAL)
include(lab/tests.cmake OPTIONAL)

add_test(NAME check.layers COMMAND ${PROJECT_SOURCE_DIR}/scripts/check-layers)

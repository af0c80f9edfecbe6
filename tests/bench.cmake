# What is promised in numbers. Each program prints its numbers and fails when a promise is broken.
add_executable(fire_bench EXCLUDE_FROM_ALL bench/fire_bench.cpp)
target_link_libraries(fire_bench PRIVATE ${everything})
add_test(NAME long/fire_bench COMMAND fire_bench)
set_tests_properties(long/fire_bench PROPERTIES LABELS long RESOURCE_LOCK cluster TIMEOUT 300
    FIXTURES_REQUIRED lab SKIP_RETURN_CODE 77)

# Checkers of histories, and what reads them, are timed as a release runs them, whatever the rest is
# built for.
find_package(benchmark REQUIRED)
file(GLOB checked CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/reports/checkers/*.cpp")
set(base "${PROJECT_SOURCE_DIR}/harness/base")
add_library(bench_checkers STATIC EXCLUDE_FROM_ALL ${checked} "${PROJECT_SOURCE_DIR}/harness/cli/history_file.cpp"
    ${base}/clock.cpp ${base}/json_document.cpp ${base}/json_text.cpp ${base}/json_value.cpp
    ${base}/mistakes.cpp ${base}/nearest.cpp ${base}/option.cpp ${base}/units.cpp)
target_link_libraries(bench_checkers PUBLIC interregnum_options fmt::fmt)
target_compile_options(bench_checkers PUBLIC -O2)
file(GLOB models CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/reports/models/*.cpp")
add_executable(history_bench EXCLUDE_FROM_ALL bench/history_bench.cpp bench/histories.cpp ${models})
target_link_libraries(history_bench PRIVATE bench_checkers benchmark::benchmark)
add_test(NAME long/history_bench COMMAND history_bench)
set_tests_properties(long/history_bench PROPERTIES LABELS long RUN_SERIAL ON TIMEOUT 900)

add_executable(capacity_bench EXCLUDE_FROM_ALL bench/capacity_bench.cpp bench/capacity_clients.cpp)
target_link_libraries(capacity_bench PRIVATE ${everything})
add_test(NAME long/capacity_bench COMMAND capacity_bench)
set_tests_properties(long/capacity_bench PROPERTIES LABELS long RESOURCE_LOCK cluster TIMEOUT 900
    FIXTURES_REQUIRED lab SKIP_RETURN_CODE 77)

# Not of the target `long`, which every run of all tests builds to see that it still can.
add_custom_target(bench)
add_dependencies(bench fire_bench history_bench capacity_bench)

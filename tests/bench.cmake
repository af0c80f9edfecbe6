# What is promised in numbers. Each program prints its numbers and fails when a promise is broken.
add_executable(fire_bench bench/fire_bench.cpp)
target_link_libraries(fire_bench PRIVATE ${everything})
add_test(NAME long/fire_bench COMMAND fire_bench)
set_tests_properties(long/fire_bench PROPERTIES LABELS long RESOURCE_LOCK cluster TIMEOUT 300
    FIXTURES_REQUIRED lab SKIP_RETURN_CODE 77)

add_executable(capacity_bench bench/capacity_bench.cpp bench/capacity_clients.cpp)
target_link_libraries(capacity_bench PRIVATE ${everything})
add_test(NAME long/capacity_bench COMMAND capacity_bench)
set_tests_properties(long/capacity_bench PROPERTIES LABELS long RESOURCE_LOCK cluster TIMEOUT 900
    FIXTURES_REQUIRED lab SKIP_RETURN_CODE 77)

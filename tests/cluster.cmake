# Tests against real servers: root, one at a time. Run by label (`cluster`,
# `cluster_timed`, `long`).
# One executable a file. All but the lab's own tests (lab*) share one lab: a ctest fixture brings it up
# before the first of them and takes it down after the last, whatever happened in between.
add_executable(cluster_lab_test cluster/lab_test.cpp)
target_link_libraries(cluster_lab_test PRIVATE ${everything} GTest::gtest_main)
target_compile_definitions(cluster_lab_test PRIVATE
    INTERREGNUM_BINARY="$<TARGET_FILE:interregnum>")
add_test(NAME cluster/lab COMMAND cluster_lab_test)
set_tests_properties(cluster/lab PROPERTIES LABELS cluster RESOURCE_LOCK cluster TIMEOUT 900
    ENVIRONMENT "INTERREGNUM_BINARY=$<TARGET_FILE:interregnum>")

file(GLOB cluster_support CONFIGURE_DEPENDS cluster/support/*.cpp)
add_library(cluster_support OBJECT ${cluster_support})
target_link_libraries(cluster_support PRIVATE ${everything} GTest::gtest)
interregnum_reuse(cluster_support precompiled_for_tests)
add_executable(cluster_lab_volumes_test cluster/lab_volumes_test.cpp)
target_link_libraries(cluster_lab_volumes_test PRIVATE cluster_support ${everything} GTest::gtest_main)
add_test(NAME cluster/lab_volumes COMMAND cluster_lab_volumes_test)
set_tests_properties(cluster/lab_volumes PROPERTIES LABELS cluster RESOURCE_LOCK cluster TIMEOUT 300
    ENVIRONMENT "INTERREGNUM_BINARY=$<TARGET_FILE:interregnum>")

add_test(NAME cluster/lab.up COMMAND interregnum lab up --set patroni.synchronous_mode=true)
set_tests_properties(cluster/lab.up PROPERTIES LABELS "cluster;long" RESOURCE_LOCK cluster
    TIMEOUT 900 FIXTURES_SETUP lab DEPENDS "cluster/lab;cluster/lab_volumes")
add_test(NAME cluster/lab.down COMMAND interregnum lab down)
set_tests_properties(cluster/lab.down PROPERTIES LABELS "cluster;long" RESOURCE_LOCK cluster
    TIMEOUT 120 FIXTURES_CLEANUP lab)

# A controller for tests to kill: it injects one fault and holds it.
add_executable(fault_holder cluster/holder/fault_holder.cpp)
target_link_libraries(fault_holder PRIVATE cluster_support ${everything} GTest::gtest)
target_compile_definitions(cluster_support PRIVATE FAULT_HOLDER="$<TARGET_FILE:fault_holder>"
    SOURCE_DIR="${PROJECT_SOURCE_DIR}")

function(interregnum_cluster label folder timeout)
    file(GLOB files CONFIGURE_DEPENDS ${folder}/*_test.cpp)
    list(FILTER files EXCLUDE REGEX "/(lab|lab_volumes|emulated)_test\\.cpp$")
    foreach(file IN LISTS files)
        get_filename_component(stem ${file} NAME_WE)
        add_executable(${label}_${stem} ${file})
        if(label STREQUAL long)
            set_target_properties(${label}_${stem} PROPERTIES EXCLUDE_FROM_ALL ON)
            add_dependencies(long ${label}_${stem})
        endif()
        target_link_libraries(${label}_${stem} PRIVATE cluster_support ${everything} GTest::gtest_main)
        target_compile_definitions(${label}_${stem} PRIVATE SOURCE_DIR="${PROJECT_SOURCE_DIR}")
        interregnum_reuse(${label}_${stem} precompiled_for_tests)
        # Those that count customers' attempts want the processors for themselves (tests/run).
        set(named ${label})
        if(label STREQUAL cluster AND
           stem MATCHES "^(drills|gate|customers|observers|observer_cost|probes|ground_truth|endurance|watch)_")
            set(named ${label}_timed)
        endif()
        # Those of SSH start sshds of their own, out of the image that the lab's own test makes.
        set(needs FIXTURES_REQUIRED lab)
        if(stem MATCHES "^ssh_")
            set(needs DEPENDS cluster/lab)
        endif()
        gtest_discover_tests(${label}_${stem} TEST_PREFIX "${label}/" DISCOVERY_TIMEOUT 60
            PROPERTIES LABELS ${named} RESOURCE_LOCK cluster TIMEOUT ${timeout} ${needs}
            ENVIRONMENT "INTERREGNUM_BINARY=$<TARGET_FILE:interregnum>")
    endforeach()
endfunction()
interregnum_cluster(cluster cluster 900)
interregnum_cluster(long long 7200)

# Faults that the lab's kernel cannot do, on an emulated machine that is up for these tests only.
set(machine "${CMAKE_CURRENT_SOURCE_DIR}/emulated/machine")
add_executable(cluster_emulated_test cluster/emulated_test.cpp)
target_link_libraries(cluster_emulated_test PRIVATE cluster_support ${everything} GTest::gtest_main)
interregnum_reuse(cluster_emulated_test precompiled_for_tests)
target_compile_definitions(cluster_emulated_test PRIVATE SOURCE_DIR="${PROJECT_SOURCE_DIR}")
# 77: it cannot run here; then its tests are skipped with the reason.
add_test(NAME cluster/emulated.up COMMAND "${machine}" up)
set_tests_properties(cluster/emulated.up PROPERTIES LABELS cluster RESOURCE_LOCK cluster
    TIMEOUT 420 FIXTURES_SETUP emulated SKIP_RETURN_CODE 77 DEPENDS "cluster/lab;cluster/lab.up")
add_test(NAME cluster/emulated.down COMMAND "${machine}" down)
set_tests_properties(cluster/emulated.down PROPERTIES LABELS cluster RESOURCE_LOCK cluster
    TIMEOUT 60 FIXTURES_CLEANUP emulated)
gtest_discover_tests(cluster_emulated_test TEST_PREFIX "cluster/" DISCOVERY_TIMEOUT 60
    PROPERTIES LABELS cluster RESOURCE_LOCK cluster TIMEOUT 300 FIXTURES_REQUIRED emulated
    ENVIRONMENT "INTERREGNUM_BINARY=$<TARGET_FILE:interregnum>")

# A client that shares no code with the program: what it sees is what an operator's own script
# would see.
add_executable(independent_client cluster/independent/client.cpp)
target_compile_features(independent_client PRIVATE cxx_std_23)
target_link_libraries(independent_client PRIVATE PkgConfig::libpq Threads::Threads)

# sluice_library(NAME folder SOURCES ... [LINKS ours ...] [PRIVATE_LINKS theirs ...])
# A STATIC library `sluice_NAME`. LINKS are other folders' libraries and must be edges of tests/arch/layers.txt;
# PRIVATE_LINKS are third-party targets, whose headers stand only in this folder's .cpp files.
function(sluice_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINKS;PRIVATE_LINKS" ${ARGN})
  add_library(sluice_${name} STATIC ${ARG_SOURCES})
  target_link_libraries(sluice_${name} PUBLIC ${ARG_LINKS} PRIVATE sluice_settings fmt::fmt ${ARG_PRIVATE_LINKS})
  target_include_directories(sluice_${name} PUBLIC "${PROJECT_SOURCE_DIR}")
endfunction()

# sluice_test(NAME LABEL label SOURCES ... LINKS ...)
# One GoogleTest program, one CTest entry for each case, all with the label.
function(sluice_test name)
  cmake_parse_arguments(ARG "" "LABEL;TIMEOUT" "SOURCES;LINKS" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_LINKS} sluice_settings fmt::fmt GTest::gmock GTest::gtest_main)
  include(GoogleTest)
  gtest_discover_tests(${name} TEST_PREFIX "${name}:" PROPERTIES LABELS "${ARG_LABEL}" TIMEOUT ${ARG_TIMEOUT}
                       DISCOVERY_TIMEOUT 60)
endfunction()

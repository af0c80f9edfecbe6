# Turns the files that report.html is made of into a source file, so that the page is one file
# that works offline. The chart library is the system's (dygraphs, MIT; Debian's package
# libjs-dygraphs), not a copy of ours. Appends the generated file to the list named `sources`.
set(INTERREGNUM_PAGE_DIR "${CMAKE_CURRENT_LIST_DIR}/page")
function(interregnum_embed sources)
    find_path(DYGRAPHS_DIR dygraph.min.js PATHS /usr/share/javascript/dygraphs NO_DEFAULT_PATH)
    if(NOT DYGRAPHS_DIR)
        message(FATAL_ERROR "dygraphs is missing: apt-get install libjs-dygraphs "
                            "(or set DYGRAPHS_DIR to the folder of dygraph.min.js)")
    endif()
    set(files dygraphs_js "${DYGRAPHS_DIR}/dygraph.min.js" dygraphs_css "${DYGRAPHS_DIR}/dygraph.min.css"
        page_js "${INTERREGNUM_PAGE_DIR}/page.js" page_css "${INTERREGNUM_PAGE_DIR}/page.css")
    set(text "// Generated; do not edit.\n#include \"reports/page/parts.h\"\nnamespace interregnum {\n")
    while(files)
        list(POP_FRONT files name file)
        set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${file}")
        file(READ "${file}" hex HEX)
        string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," bytes "${hex}")
        string(APPEND text "namespace { constexpr char ${name}_bytes[] = {${bytes}}; }\n"
                           "std::string_view ${name}() { return {${name}_bytes, sizeof ${name}_bytes}; }\n")
    endwhile()
    set(generated "${CMAKE_CURRENT_BINARY_DIR}/page_parts.cpp")
    file(CONFIGURE OUTPUT "${generated}" CONTENT "${text}}\n" @ONLY)
    set(${sources} "${${sources}};${generated}" PARENT_SCOPE)
endfunction()

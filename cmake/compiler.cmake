# The compiler and its flags. GCC before 13 miscompiles coroutines that we rely on: the captures of a temporary lambda
# in `co_await f([x]{...})` are destroyed twice, and `co_await g(Aggregate{...})` frees twice.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  message(FATAL_ERROR
    "GCC ${CMAKE_CXX_COMPILER_VERSION} destroys coroutine arguments twice (fixed in GCC 13). "
    "Build with clang-16: cmake --preset release")
endif()

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion -Wcomma -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  add_link_options(-fuse-ld=lld-16)
endif()
set(CMAKE_CXX_FLAGS_DEBUG "-O0 -gline-tables-only")
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG -fstack-protector-strong -D_FORTIFY_SOURCE=2")
if(CMAKE_BUILD_TYPE STREQUAL "Release")
  add_link_options(-Wl,--gc-sections -Wl,--as-needed -Wl,-z,relro -Wl,-z,now -s)
  add_compile_options(-ffunction-sections -fdata-sections)
endif()

set(TOCSIN_SANITIZE "" CACHE STRING "Sanitizers, as in -fsanitize=")
if(TOCSIN_SANITIZE)
  add_compile_options(-fsanitize=${TOCSIN_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${TOCSIN_SANITIZE})
endif()
add_library(c11_threads OBJECT EXCLUDE_FROM_ALL "${CMAKE_CURRENT_LIST_DIR}/c11_threads.cc")

# libFuzzer needs to see which branches an input takes, in our own code as in our headers; -O1, since speed is what finds
# things. The C++ library checks its preconditions.
if(TOCSIN_FUZZ)
  set(CMAKE_CXX_FLAGS_DEBUG "-O1 -gline-tables-only")
  add_compile_options(-fsanitize=fuzzer-no-link)
  add_compile_definitions(_GLIBCXX_ASSERTIONS)
endif()

# What subjrec builds with: from the system where it is installed, else fetched at a pinned version.
#
#   SQLite::Headers      sqlite3.h and sqlite3ext.h alone; the module calls its host's SQLite
#   Spectra::Spectra        an eigensolver for Eigen; headers alone
#   Eigen3::Eigen, simdjson::simdjson, ZLIB::ZLIB, Threads::Threads
#   GTest::gmock_main, SQLite::Library      for the tests alone
#
# Where one is installed elsewhere: -DSUBJREC_SQLITE_INCLUDE=, -DSUBJREC_SPECTRA_INCLUDE=, Eigen3_DIR,
# simdjson_DIR, GTest_DIR, ZLIB_ROOT. Where there is no network: -DFETCHCONTENT_SOURCE_DIR_<NAME>=, with
# the names below, takes a tree that is there already. tests/build/fetched.sh builds both ways.
#
# Of what is fetched only the sources are used, not its own CMake files, which would install their
# libraries beside the module; but for GoogleTest's, which is told not to.
include(FetchContent)
set(SQLITE_PINNED
  URL https://www.sqlite.org/2022/sqlite-amalgamation-3400100.zip
  URL_HASH SHA256=49112cc7328392aa4e3e5dae0b2f6736d0153430143d21f69327788ff4efe734)
FetchContent_Declare(sqlite_amalgamation ${SQLITE_PINNED})
FetchContent_Declare(eigen
  GIT_REPOSITORY https://gitlab.com/libeigen/eigen.git GIT_TAG 3.4.0 GIT_SHALLOW TRUE
  SOURCE_SUBDIR sources_only_so_no_subproject)
FetchContent_Declare(spectra
  GIT_REPOSITORY https://github.com/yixuan/spectra.git GIT_TAG v1.0.1 GIT_SHALLOW TRUE
  SOURCE_SUBDIR sources_only_so_no_subproject)
FetchContent_Declare(simdjson
  GIT_REPOSITORY https://github.com/simdjson/simdjson.git GIT_TAG v3.0.1 GIT_SHALLOW TRUE
  SOURCE_SUBDIR sources_only_so_no_subproject)
FetchContent_Declare(zlib
  GIT_REPOSITORY https://github.com/madler/zlib.git GIT_TAG v1.2.13 GIT_SHALLOW TRUE
  SOURCE_SUBDIR sources_only_so_no_subproject)
FetchContent_Declare(googletest
  GIT_REPOSITORY https://github.com/google/googletest.git GIT_TAG release-1.12.1 GIT_SHALLOW TRUE)

find_package(Threads REQUIRED)

# An imported target of headers alone. Those of imported targets are system headers by themselves.
function(subjrec_headers target folder)
  add_library(${target} INTERFACE IMPORTED GLOBAL)
  set_target_properties(${target} PROPERTIES INTERFACE_INCLUDE_DIRECTORIES "${folder}")
  target_link_libraries(${target} INTERFACE ${ARGN})
endfunction()
# A static library of somebody else's sources, which are spared our warnings.
function(subjrec_foreign_library target include)
  add_library(${target} STATIC EXCLUDE_FROM_ALL ${ARGN})
  target_include_directories(${target} SYSTEM PUBLIC ${include})
  target_compile_options(${target} PRIVATE -w -ffunction-sections -fdata-sections)
  set_target_properties(${target} PROPERTIES C_VISIBILITY_PRESET hidden)
endfunction()
# simdjson from its source tree: one file includes all others.
function(subjrec_simdjson_library target source)
  subjrec_foreign_library(${target} ${source}/include ${source}/src/simdjson.cpp)
  target_include_directories(${target} PRIVATE ${source}/src)
  target_compile_definitions(${target} PUBLIC SIMDJSON_THREADS_ENABLED=1) # as its own build has it
  target_link_libraries(${target} PUBLIC Threads::Threads)
endfunction()

find_path(SUBJREC_SQLITE_INCLUDE sqlite3ext.h)
if(SUBJREC_SQLITE_INCLUDE)
  subjrec_headers(SQLite::Headers ${SUBJREC_SQLITE_INCLUDE})
else()
  message(STATUS "sqlite3ext.h not found on this system: fetching SQLite 3.40.1")
  FetchContent_MakeAvailable(sqlite_amalgamation)
  subjrec_headers(SQLite::Headers ${sqlite_amalgamation_SOURCE_DIR})
endif()

find_package(Eigen3 3.4 QUIET NO_MODULE)
if(NOT TARGET Eigen3::Eigen)
  message(STATUS "Eigen not found on this system: fetching 3.4.0")
  FetchContent_MakeAvailable(eigen)
  subjrec_headers(Eigen3::Eigen ${eigen_SOURCE_DIR})
endif()

find_path(SUBJREC_SPECTRA_INCLUDE Spectra/SymEigsSolver.h)
if(SUBJREC_SPECTRA_INCLUDE)
  subjrec_headers(Spectra::Spectra ${SUBJREC_SPECTRA_INCLUDE} Eigen3::Eigen)
else()
  message(STATUS "Spectra not found on this system: fetching 1.0.1")
  FetchContent_MakeAvailable(spectra)
  subjrec_headers(Spectra::Spectra ${spectra_SOURCE_DIR}/include Eigen3::Eigen)
endif()

find_package(ZLIB QUIET)
if(NOT TARGET ZLIB::ZLIB)
  message(STATUS "zlib not found on this system: fetching 1.2.13")
  FetchContent_MakeAvailable(zlib)
  file(GLOB zlib_sources ${zlib_SOURCE_DIR}/*.c)
  subjrec_foreign_library(subjrec_zlib ${zlib_SOURCE_DIR} ${zlib_sources})
  target_compile_definitions(subjrec_zlib PRIVATE Z_HAVE_UNISTD_H _LARGEFILE64_SOURCE=1)
  add_library(ZLIB::ZLIB ALIAS subjrec_zlib)
endif()

# A module that carries simdjson can be loaded into a program that has one of its own, as Node has.
option(SUBJREC_STATIC_SIMDJSON
  "Link simdjson into the module, from pinned source where the system has it as a shared library" OFF)
if(NOT SUBJREC_STATIC_SIMDJSON)
  find_package(simdjson QUIET)
endif()
if(NOT TARGET simdjson::simdjson)
  message(STATUS "simdjson not found on this system, or wanted statically: fetching 3.0.1")
  FetchContent_MakeAvailable(simdjson)
  subjrec_simdjson_library(subjrec_simdjson ${simdjson_SOURCE_DIR})
  add_library(simdjson::simdjson ALIAS subjrec_simdjson)
  file(STRINGS ${simdjson_SOURCE_DIR}/include/simdjson/simdjson_version.h simdjson_VERSION
       REGEX "#define SIMDJSON_VERSION ")
  string(REGEX REPLACE "[^0-9.]" "" simdjson_VERSION "${simdjson_VERSION}")
endif()

if(SUBJREC_TESTS)
  find_package(GTest 1.12 QUIET)
  if(NOT TARGET GTest::gmock_main)
    message(STATUS "GoogleTest not found on this system: fetching 1.12.1")
    set(INSTALL_GTEST OFF)
    FetchContent_MakeAvailable(googletest)
    foreach(name gtest gtest_main gmock gmock_main)
      if(NOT TARGET GTest::${name})
        add_library(GTest::${name} ALIAS ${name})
      endif()
    endforeach()
  endif()
  find_library(SUBJREC_SQLITE_LIBRARY sqlite3)
  if(SUBJREC_SQLITE_LIBRARY)
    add_library(SQLite::Library INTERFACE IMPORTED)
    target_link_libraries(SQLite::Library INTERFACE SQLite::Headers ${SUBJREC_SQLITE_LIBRARY})
  else()
    message(STATUS "libsqlite3 not found on this system: building 3.40.1 for the tests")
    FetchContent_MakeAvailable(sqlite_amalgamation)
    subjrec_foreign_library(subjrec_test_sqlite ${sqlite_amalgamation_SOURCE_DIR}
                            ${sqlite_amalgamation_SOURCE_DIR}/sqlite3.c)
    target_link_libraries(subjrec_test_sqlite PUBLIC Threads::Threads ${CMAKE_DL_LIBS})
    add_library(SQLite::Library ALIAS subjrec_test_sqlite)
  endif()
endif()

# What subjrec builds with: from the system where it is installed, else fetched at a pinned version.
#
#   SQLite::Headers      sqlite3.h and sqlite3ext.h alone; the module calls its host's SQLite
#   Spectra::Spectra        an eigensolver for Eigen; headers alone
#   Eigen3::Eigen, simdjson::simdjson, ZLIB::ZLIB, Threads::Threads
#   GTest::gmock_main, SQLite::Library      for the tests alone
include(FetchContent)
set(SQLITE_PINNED
  URL https://www.sqlite.org/2022/sqlite-amalgamation-3400100.zip
  URL_HASH SHA256=49112cc7328392aa4e3e5dae0b2f6736d0153430143d21f69327788ff4efe734)
FetchContent_Declare(sqlite_amalgamation ${SQLITE_PINNED})
FetchContent_Declare(eigen
  GIT_REPOSITORY https://gitlab.com/libeigen/eigen.git GIT_TAG 3.4.0 GIT_SHALLOW TRUE
  SOURCE_SUBDIR headers_only_so_no_subproject)
FetchContent_Declare(spectra
  GIT_REPOSITORY https://github.com/yixuan/spectra.git GIT_TAG v1.0.1 GIT_SHALLOW TRUE
  SOURCE_SUBDIR headers_only_so_no_subproject)
FetchContent_Declare(simdjson
  GIT_REPOSITORY https://github.com/simdjson/simdjson.git GIT_TAG v3.0.1 GIT_SHALLOW TRUE)
FetchContent_Declare(zlib
  GIT_REPOSITORY https://github.com/madler/zlib.git GIT_TAG v1.2.13 GIT_SHALLOW TRUE)
FetchContent_Declare(googletest
  GIT_REPOSITORY https://github.com/google/googletest.git GIT_TAG release-1.12.1 GIT_SHALLOW TRUE)

find_package(Threads REQUIRED)

find_path(SUBJREC_SQLITE_INCLUDE sqlite3ext.h)
if(NOT SUBJREC_SQLITE_INCLUDE)
  message(STATUS "sqlite3ext.h not found on this system: fetching SQLite 3.40.1")
  FetchContent_MakeAvailable(sqlite_amalgamation)
  set(SUBJREC_SQLITE_INCLUDE ${sqlite_amalgamation_SOURCE_DIR})
endif()
add_library(SQLite::Headers INTERFACE IMPORTED)
set_target_properties(SQLite::Headers PROPERTIES
  INTERFACE_SYSTEM_INCLUDE_DIRECTORIES ${SUBJREC_SQLITE_INCLUDE})

find_package(Eigen3 3.4 QUIET NO_MODULE)
if(NOT TARGET Eigen3::Eigen)
  message(STATUS "Eigen not found on this system: fetching 3.4.0")
  FetchContent_MakeAvailable(eigen)
  add_library(Eigen3::Eigen INTERFACE IMPORTED)
  set_target_properties(Eigen3::Eigen PROPERTIES
    INTERFACE_SYSTEM_INCLUDE_DIRECTORIES ${eigen_SOURCE_DIR})
endif()

find_path(SUBJREC_SPECTRA_INCLUDE Spectra/SymEigsSolver.h)
if(NOT SUBJREC_SPECTRA_INCLUDE)
  message(STATUS "Spectra not found on this system: fetching 1.0.1")
  FetchContent_MakeAvailable(spectra)
  set(SUBJREC_SPECTRA_INCLUDE ${spectra_SOURCE_DIR}/include)
endif()
add_library(Spectra::Spectra INTERFACE IMPORTED)
set_target_properties(Spectra::Spectra PROPERTIES
  INTERFACE_SYSTEM_INCLUDE_DIRECTORIES ${SUBJREC_SPECTRA_INCLUDE}
  INTERFACE_LINK_LIBRARIES Eigen3::Eigen)

find_package(ZLIB QUIET)
if(NOT TARGET ZLIB::ZLIB)
  message(STATUS "zlib not found on this system: fetching 1.2.13")
  FetchContent_MakeAvailable(zlib)
  target_include_directories(zlibstatic INTERFACE ${zlib_SOURCE_DIR} ${zlib_BINARY_DIR})
  add_library(ZLIB::ZLIB ALIAS zlibstatic)
endif()

# A module that carries simdjson can be loaded into a program that has one of its own, as Node has.
option(SUBJREC_STATIC_SIMDJSON
  "Link simdjson into the module, from pinned source where the system has it as a shared library" OFF)
if(NOT SUBJREC_STATIC_SIMDJSON)
  find_package(simdjson QUIET)
endif()
if(NOT TARGET simdjson::simdjson)
  message(STATUS "Building simdjson 3.0.1 from its source")
  set(BUILD_SHARED_LIBS OFF)
  FetchContent_MakeAvailable(simdjson)
  set_target_properties(simdjson PROPERTIES
    POSITION_INDEPENDENT_CODE ON CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON
    INTERFACE_SYSTEM_INCLUDE_DIRECTORIES ${simdjson_SOURCE_DIR}/include)
endif()

if(SUBJREC_TESTS)
  find_package(GTest 1.12 QUIET)
  if(NOT TARGET GTest::gmock_main)
    message(STATUS "GoogleTest not found on this system: fetching 1.12.1")
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
    set_target_properties(SQLite::Library PROPERTIES
      INTERFACE_LINK_LIBRARIES "SQLite::Headers;${SUBJREC_SQLITE_LIBRARY}")
  else()
    message(STATUS "libsqlite3 not found on this system: building 3.40.1 for the tests")
    FetchContent_MakeAvailable(sqlite_amalgamation)
    add_library(subjrec_test_sqlite STATIC ${sqlite_amalgamation_SOURCE_DIR}/sqlite3.c)
    target_include_directories(subjrec_test_sqlite SYSTEM PUBLIC ${sqlite_amalgamation_SOURCE_DIR})
    target_link_libraries(subjrec_test_sqlite PUBLIC Threads::Threads ${CMAKE_DL_LIBS})
    add_library(SQLite::Library ALIAS subjrec_test_sqlite)
  endif()
endif()

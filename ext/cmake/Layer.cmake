# What converts, words and draws, and waits for SQLite or for nobody, as expressions of the beginnings
# of paths: small code suits it, and makes the module a quarter smaller.
set(SUBJREC_SMALL
  "sqlite/"
  "core/(options|plot|train/distributed)/"
  "core/(base/(available_memory|files|json_writer|number_text|one_line|progress_bar)|data/(folds|interactions|pretrained|split))"
  "core/(evaluate/(evaluate|metrics|thresholds)|retrieval/(blend_topk|cosine|diversify|equal_labels|explain|leave_one_out|popularity))"
  "core/umap/(density_clusters|fuzzy_graph|initialize|ivf_knn|normalized_vectors|optimize_layout|pca|umap)"
  "core/ingest/(byte_source|catalogue|foreign_format|import_|json_path|json_repair|mapped_reader|marc_reader|page_finder)"
  "core/ingest/(line_reader|record_(parser|splitter|stream)|run_sorter|shape|snapshot_reader|vocabulary|wellcome_reader)"
  "core/linalg/(columns|leading_eigenvectors|symmetric_eigen)"
  "core/model/(calibration|curve_fit|fold_in|label_matches|least_squares_(encoder|leave_one_out)|most_probable)"
  "core/model/(probability_curve|train_data)"
  "core/train/(algorithm|bce/bce_(algorithm|trainer)|blend/(blend_t|conditional|kept_out|unseen)|calibration_set|ials/exact_gramian)"
  "core/train/composed/(calibration_evaluator|composed_(model|rounds)|side_embeddings)"
  "core/train/((composed/composed|ease/ease|ials/ials)_(algorithm|trainer)|ease/ease_weights|neighbours|popularity)"
  "core/train/(diagnosis|grid|history_json|memory|options|resolve_options|trial|validation)")

# subjrec_layer(<folder> SOURCES <file>... [KERNELS <file.inc>...] [BELOW <folder>...] [LIBRARIES <target>...])
#
# One layer of the house: an object library of the folder, named after it ("core/model" becomes
# subjrec_core_model). It sees the headers of its own folder, of the layers BELOW it, and of what is
# below those, and no others: an include that runs upwards does not compile. What it sees is a folder
# of links to the source folders, which is all that is in its include path.
function(subjrec_layer folder)
  cmake_parse_arguments(LAYER "" "" "SOURCES;KERNELS;BELOW;LIBRARIES" ${ARGN})
  string(REPLACE "/" "_" target subjrec_${folder})
  set(sees ${folder})
  foreach(lower IN LISTS LAYER_BELOW)
    string(REPLACE "/" "_" lower_target subjrec_${lower})
    get_target_property(lower_sees ${lower_target} SUBJREC_SEES)
    list(APPEND sees ${lower_sees})
    list(APPEND LAYER_LIBRARIES ${lower_target}_libraries)
  endforeach()
  list(REMOVE_DUPLICATES sees)

  set(view ${PROJECT_BINARY_DIR}/layers/${folder})
  file(REMOVE_RECURSE ${view})
  foreach(seen IN LISTS sees)
    get_filename_component(parent ${seen} DIRECTORY)
    file(MAKE_DIRECTORY ${view}/${parent})
    file(CREATE_LINK ${PROJECT_SOURCE_DIR}/ext/${seen} ${view}/${seen} SYMBOLIC COPY_ON_ERROR)
  endforeach()

  list(TRANSFORM LAYER_SOURCES PREPEND ${folder}/)
  list(TRANSFORM LAYER_KERNELS PREPEND ${folder}/)
  add_library(${target} OBJECT ${LAYER_SOURCES})
  subjrec_multiversion(${target} ${LAYER_KERNELS})
  set_target_properties(${target} PROPERTIES SUBJREC_SEES "${sees}")
  target_include_directories(${target} PRIVATE ${view})
  # Kernels (ext/cmake/Multiversion.cmake) are compiled for speed. The rest may vectorise its loops, but
  # not unroll, split and copy them, and SUBJREC_SMALL is compiled for size: or a release is larger than 3 MB.
  target_compile_options(${target} PRIVATE $<$<CONFIG:Release>:-O2>
    $<$<AND:$<CONFIG:Release>,$<CXX_COMPILER_ID:GNU>>:-fvect-cost-model=dynamic>)
  set(small)
  foreach(expression IN LISTS SUBJREC_SMALL)
    set(found ${LAYER_SOURCES})
    list(FILTER found INCLUDE REGEX "^${expression}")
    list(APPEND small ${found})
  endforeach()
  if(small)
    set_source_files_properties(${small} PROPERTIES COMPILE_OPTIONS "$<$<CONFIG:Release>:-Os>")
  endif()
  if(folder MATCHES "^core/")
    target_include_directories(${target} BEFORE PRIVATE ${PROJECT_SOURCE_DIR}/ext/core/guard)
  endif()
  # What a layer is compiled and linked with is handed on to those above it; its headers are not.
  add_library(${target}_libraries INTERFACE)
  target_link_libraries(${target}_libraries INTERFACE subjrec_flags ${LAYER_LIBRARIES})
  target_link_libraries(${target} PRIVATE ${target}_libraries)
endfunction()

# subjrec_layers(<name> <folder>...): all of these together, for what links them.
function(subjrec_layers name)
  add_library(${name} INTERFACE)
  target_include_directories(${name} INTERFACE ${PROJECT_SOURCE_DIR}/ext)
  foreach(folder IN LISTS ARGN)
    string(REPLACE "/" "_" target subjrec_${folder})
    target_sources(${name} INTERFACE $<TARGET_OBJECTS:${target}>)
    target_link_libraries(${name} INTERFACE ${target}_libraries)
  endforeach()
endfunction()

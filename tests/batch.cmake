# Writes several test files into one, so that the compiler instantiates the templates of gtest, gmock and the standard library once
# for all of them. The build runs it:
#   cmake -DBATCH=OUT.cc -DFOLDER=tests "-DFILES=a_test.cc;b_test.cc" -P batch.cmake
# Each file stays as closed as it was alone: its unnamed namespace gets its own name. Errors name the file and line of the test.
set(batch "")
foreach(file IN LISTS FILES)
  cmake_path(RELATIVE_PATH file BASE_DIRECTORY ${FOLDER} OUTPUT_VARIABLE name)
  string(MAKE_C_IDENTIFIER ${name} name)
  file(READ ${file} text)
  string(REPLACE "\nnamespace {\n" "\nnamespace ${name} {\n" text "${text}")
  string(APPEND batch "#line 1 \"${file}\"\n${text}")
endforeach()
file(WRITE ${BATCH} "${batch}")

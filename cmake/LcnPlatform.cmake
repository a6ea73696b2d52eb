# The machine the kernels are for: LCN_SYSTEM and LCN_ARCHITECTURE. By default what the compiler builds for.
#
# Halide emits for any machine from any other; only the runtime needs a compiler. Asked for a machine that the compiler
# does not build for, LCN_COMPILES is false: kernels are emitted, and the runtime's sources put beside them (LcnEmit.cmake).

# Sets `result` to the word of `table`, pairs of a word and a pattern, whose pattern matches `name`; empty without one.
function(lcn_word name table result)
  set(word "")
  while(table)
    list(POP_FRONT table candidate pattern)
    if(name MATCHES "^(${pattern})$")
      set(word ${candidate})
      break()
    endif()
  endwhile()
  set(${result} "${word}" PARENT_SCOPE)
endfunction()

set(LCN_SYSTEMS linux Linux  android Android  ios iOS  macos Darwin  windows Windows)
set(LCN_ARCHITECTURES x86_64 "x86_64|amd64|AMD64"  aarch64 "aarch64|arm64|ARM64|armv8.*")
set(compiler_architecture ${CMAKE_SYSTEM_PROCESSOR})
if(APPLE AND CMAKE_OSX_ARCHITECTURES)
  set(compiler_architecture ${CMAKE_OSX_ARCHITECTURES})
endif()
lcn_word("${CMAKE_SYSTEM_NAME}" "${LCN_SYSTEMS}" compiler_system)
lcn_word("${compiler_architecture}" "${LCN_ARCHITECTURES}" compiler_architecture)

set(LCN_SYSTEM "${compiler_system}" CACHE STRING "linux, android, ios, macos or windows")
set(LCN_ARCHITECTURE "${compiler_architecture}" CACHE STRING "x86_64 or aarch64")
if(LCN_SYSTEM STREQUAL compiler_system AND LCN_ARCHITECTURE STREQUAL compiler_architecture)
  set(LCN_COMPILES TRUE)
else()
  set(LCN_COMPILES FALSE)
endif()

set(halide_architecture_x86_64 x86-64)
set(halide_architecture_aarch64 arm-64)
set(halide_system_linux linux)
set(halide_system_android android)
set(halide_system_ios ios)
set(halide_system_macos osx)
set(halide_system_windows windows)
foreach(part IN ITEMS system architecture)
  string(TOUPPER LCN_${part} variable)
  if(NOT halide_${part}_${${variable}})
    message(FATAL_ERROR "${variable}: no kernels can be emitted for '${${variable}}'")
  endif()
endforeach()
set(LCN_HALIDE_TRIPLE ${halide_architecture_${LCN_ARCHITECTURE}}-${halide_system_${LCN_SYSTEM}})

# The linker for single kernels, where there is one that can leave functions out.
set(LCN_KERNEL_LINKER "")
if(LCN_COMPILES AND CMAKE_EXECUTABLE_FORMAT STREQUAL "ELF")
  set(LCN_KERNEL_LINKER ${CMAKE_LINKER})
endif()

# The compiler that assembles for x86, where there is one (schedules/prefetch_into_all_caches.py).
set(LCN_ASSEMBLER "")
if(LCN_COMPILES AND LCN_ARCHITECTURE STREQUAL "x86_64" AND NOT MSVC)
  set(LCN_ASSEMBLER ${CMAKE_CXX_COMPILER})
endif()

# Kernels of devices bring objects whose symbols are renamed; their drivers are opened as Linux names them.
set(LCN_DEVICES_BUILD FALSE)
if(LCN_COMPILES AND LCN_SYSTEM STREQUAL "linux" AND CMAKE_OBJCOPY AND NOT CMAKE_CROSSCOMPILING)
  set(LCN_DEVICES_BUILD TRUE)
endif()

set(LCN_OBJECT_SUFFIX .o)
if(LCN_SYSTEM STREQUAL "windows")
  set(LCN_OBJECT_SUFFIX .obj)
endif()

# Sums must be added in the order the generator says. Passes of LLVM would regroup them, differently in each tile, so
# that bits would depend on which tile computes a position: the superword vectoriser on scalar tiles, and the machine
# combiner of x86. That of aarch64 leaves sums alone, and is what forms its fused multiply-adds.
set(LCN_LLVM_ORDERED "-vectorize-slp=false")
if(LCN_ARCHITECTURE STREQUAL "x86_64")
  string(APPEND LCN_LLVM_ORDERED " -x86-machine-combiner=false")
endif()

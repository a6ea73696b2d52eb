# The header and the source of a library of layers. A layer is the variables that lcn_read_layer() sets.

set(layer_keys input_rows input_columns channels filters kernel_rows kernel_columns stride_rows stride_columns padding
               data_format implementation bias activation alpha max_value threshold)

# Sets the fields of layer `index` of ${json}, which `lcn layers --json` wrote, and what follows from them. As an argument of
# a macro the JSON would be read once more, as CMake's own text: names could then say anything.
macro(lcn_read_layer index)
  foreach(key IN ITEMS name ${layer_keys})
    string(JSON ${key} GET "${json}" layers ${index} ${key})
  endforeach()
  string(JSON max_value_type TYPE "${json}" layers ${index} max_value)
  if(bias STREQUAL "ON")  # string(JSON) turns true into ON
    set(bias true)
  endif()
  foreach(axis IN ITEMS rows columns)
    set(first ${kernel_${axis}})
    set(padding_${axis} 0)
    if(padding STREQUAL "same")
      set(first 1)
      math(EXPR padding_${axis} "${kernel_${axis}} / 2")
    endif()
    math(EXPR output_${axis} "(${input_${axis}} - ${first}) / ${stride_${axis}} + 1")
  endforeach()
  math(EXPR input_size "${input_rows} * ${input_columns} * ${channels}")
  math(EXPR bias_size "${output_rows} * ${output_columns} * ${filters}")
  math(EXPR kernel_size "${bias_size} * ${kernel_rows} * ${kernel_columns} * ${channels}")
  lcn_function_name("${name}" function)
  string(REGEX REPLACE "[^] -[^-~]" "_" name_in_comment "${name}")
endmacro()

# A layer of a model is named <library>_<layer>, the layer of lcn_add_layer() as the library.
function(lcn_function_name name result)
  string(REGEX REPLACE "[^A-Za-z0-9_]" "_" identifier "${name}")
  if(NOT identifier STREQUAL LIBRARY)
    set(identifier ${LIBRARY}_${identifier})
  endif()
  get_property(taken GLOBAL PROPERTY LCN_NAME_${identifier})
  if(DEFINED taken)
    message(FATAL_ERROR "${LIBRARY}: layer \"${name}\": its function ${identifier} has the name of ${taken}")
  endif()
  foreach(suffix IN ITEMS "" _backward_input _backward_weights _activation_gradient _pack_kernel)
    set_property(GLOBAL PROPERTY LCN_NAME_${identifier}${suffix} "one of layer \"${name}\"")
  endforeach()
  set(${result} ${identifier} PARENT_SCOPE)
endfunction()

set(header_begin [[
// @LIBRARY@.h: kernels that were generated for the shapes of layers. lcn/lcn.h says what holds for every call: the formula,
// layouts, ownership, errors, threads, workspaces. Tensors are without gaps; any batch is taken, those the library was
// planned for fastest.
#ifndef LCN_LAYERS_@LIBRARY@_H
#define LCN_LAYERS_@LIBRARY@_H

#include "lcn/kernels.h"

// The target that calls use: that of the environment variable LCN_TARGET, else the best this machine can run. With one
// that is not in the library, or that this machine cannot run, every call returns that error.
lcn::Status @LIBRARY@_target(const char*& name);
lcn::Status @LIBRARY@_set_target(const char* name);  // forces one; null or "": none
int @LIBRARY@_kernel_count();
lcn::KernelInfo @LIBRARY@_kernel_info(int index);
void @LIBRARY@_forget_kernels_ran();
]])

set(layer_declarations [[

// @name_in_comment@: @kernel_rows@ x @kernel_columns@ taps, strides @stride_rows@ x @stride_columns@, padding @padding@, @data_format@, activation @activation@
inline constexpr int64_t @function@_input_rows = @input_rows@, @function@_input_columns = @input_columns@;
inline constexpr int64_t @function@_channels = @channels@, @function@_filters = @filters@;
inline constexpr int64_t @function@_output_rows = @output_rows@, @function@_output_columns = @output_columns@;
// Elements: of one image, of the weights, of one image's result.
inline constexpr int64_t @function@_input_size = @input_size@, @function@_kernel_size = @kernel_size@;
inline constexpr int64_t @function@_bias_size = @bias_size@, @function@_output_size = @bias_size@;
]])

set(forward_declarations [[

// As lcn::forward; before_activation may be null.
lcn::Status @function@(int64_t batch, const float* input, const float* kernel, @bias_parameter@float* output,
    lcn::Workspace workspace, float* before_activation = nullptr);
lcn::Status @function@_workspace_bytes(int64_t batch, int64_t& bytes);
]])

set(backward_input_declarations [[

// As lcn::backward_input.
lcn::Status @function@_backward_input(int64_t batch, const float* output_gradient, const float* kernel,
    float* input_gradient, lcn::Workspace workspace);
lcn::Status @function@_backward_input_workspace_bytes(int64_t batch, int64_t& bytes);
]])

set(backward_weights_declarations [[

// As lcn::backward_weights.
lcn::Status @function@_backward_weights(int64_t batch, const float* input, const float* output_gradient,
    float* kernel_gradient, @bias_gradient_parameter@lcn::Update update, lcn::Workspace workspace);
lcn::Status @function@_backward_weights_workspace_bytes(int64_t batch, int64_t& bytes);
]])

set(activation_gradient_declarations [[

// As lcn::activation_gradient, with the layer's activation, for whole images: its result is what the backward passes take.
lcn::Status @function@_activation_gradient(int64_t batch, const float* before_activation, const float* output_gradient,
    float* before_gradient);
]])

set(pack_declarations [[

// The kernel as Keras's implementation @implementation@ holds it, @keras_kernel_size@ elements, into the layout that the calls take,
// @kernel_size@ elements.
inline constexpr int64_t @function@_keras_kernel_size = @keras_kernel_size@;
lcn::Status @function@_pack_kernel(const float* keras, float* kernel);
]])

set(source_begin [[
#include "@LIBRARY@.h"

#include "generated_table.h"
#include "passes.h"

using lcn::generated_table;

lcn::Status @LIBRARY@_target(const char*& name) {
    return generated_table.target_name(name);
}
lcn::Status @LIBRARY@_set_target(const char* name) {
    return generated_table.force_target(name);
}
int @LIBRARY@_kernel_count() {
    return generated_table.kernel_count();
}
lcn::KernelInfo @LIBRARY@_kernel_info(int index) {
    return generated_table.kernel_info(index);
}
void @LIBRARY@_forget_kernels_ran() {
    generated_table.forget_ran();
}
]])

set(layer_definitions [[

namespace {

lcn::Problem @function@_problem(int64_t batch) {
    lcn::Problem p;
    p.batch = batch;
    p.input_rows = @input_rows@, p.input_columns = @input_columns@, p.channels = @channels@, p.filters = @filters@;
    p.kernel_rows = @kernel_rows@, p.kernel_columns = @kernel_columns@;
    p.stride_rows = @stride_rows@, p.stride_columns = @stride_columns@;
    p.padding = lcn::Padding::@padding@;
    p.data_format = lcn::DataFormat::@data_format@;
    p.activation = {lcn::Function::@activation@, float(@alpha@), float(@max_value@), float(@threshold@)};
    return p;
}

}  // namespace
]])

set(forward_definitions [[

lcn::Status @function@(int64_t batch, const float* input, const float* kernel, @bias_parameter@float* output,
    lcn::Workspace workspace, float* before_activation) {
    return forward(generated_table, @function@_problem(batch), input, kernel, @bias_argument@, output,
                   before_activation, workspace);
}
lcn::Status @function@_workspace_bytes(int64_t batch, int64_t& bytes) {
    return workspace_bytes(generated_table, @function@_problem(batch), lcn::Operation::forward, bytes);
}
]])

set(backward_input_definitions [[

lcn::Status @function@_backward_input(int64_t batch, const float* output_gradient, const float* kernel,
    float* input_gradient, lcn::Workspace workspace) {
    return backward_input(generated_table, @function@_problem(batch), output_gradient, kernel, input_gradient,
                          workspace);
}
lcn::Status @function@_backward_input_workspace_bytes(int64_t batch, int64_t& bytes) {
    return workspace_bytes(generated_table, @function@_problem(batch), lcn::Operation::backward_input, bytes);
}
]])

set(backward_weights_definitions [[

lcn::Status @function@_backward_weights(int64_t batch, const float* input, const float* output_gradient,
    float* kernel_gradient, @bias_gradient_parameter@lcn::Update update, lcn::Workspace workspace) {
    return backward_weights(generated_table, @function@_problem(batch), input, output_gradient, kernel_gradient,
                            @bias_gradient_argument@, update, workspace);
}
lcn::Status @function@_backward_weights_workspace_bytes(int64_t batch, int64_t& bytes) {
    return workspace_bytes(generated_table, @function@_problem(batch), lcn::Operation::backward_weights, bytes);
}
]])

set(activation_gradient_definitions [[

lcn::Status @function@_activation_gradient(int64_t batch, const float* before_activation, const float* output_gradient,
    float* before_gradient) {
    if (batch <= 0) return lcn::error(lcn::Code::invalid_size, "batch must be positive, got %lld", (long long)batch);
    if (batch > (int64_t(1) << 60) / @function@_output_size)
        return lcn::error(lcn::Code::overflow, "batch is too large: %lld", (long long)batch);
    return activation_gradient(generated_table, @function@_problem(1).activation, batch * @function@_output_size,
                               before_activation, output_gradient, before_gradient);
}
]])

set(pack_definitions [[

lcn::Status @function@_pack_kernel(const float* keras, float* kernel) {
    if (!keras || !kernel) return lcn::error(lcn::Code::null_pointer, "%s is null", keras ? "kernel" : "keras");
    const lcn::layer::KernelLayout layout{2, @implementation@, lcn::DataFormat::@data_format@ == lcn::DataFormat::channels_first,
        {@input_rows@, @kernel_rows@, @stride_rows@, @padding_rows@, @output_rows@},
        {@input_columns@, @kernel_columns@, @stride_columns@, @padding_columns@, @output_columns@},
        @channels@, @filters@};
    lcn::layer::pack_kernel(layout, keras, kernel);
    return {};
}
]])

# Elements of the kernel in Keras's implementation 2, all pairs of a pixel and an output, or 3, those in windows.
function(lcn_keras_kernel_size result)
  if(implementation EQUAL 2)
    math(EXPR size "${input_size} * ${bias_size}")
  else()
    math(EXPR size "${channels} * ${filters}")
    foreach(axis IN ITEMS rows columns)
      set(taps 0)
      math(EXPR last "${output_${axis}} - 1")
      foreach(position RANGE ${last})
        math(EXPR first_pixel "${position} * ${stride_${axis}} - ${padding_${axis}}")
        math(EXPR end_pixel "${first_pixel} + ${kernel_${axis}}")
        if(first_pixel LESS 0)
          set(first_pixel 0)
        endif()
        if(end_pixel GREATER input_${axis})
          set(end_pixel ${input_${axis}})
        endif()
        math(EXPR taps "${taps} + ${end_pixel} - ${first_pixel}")
      endforeach()
      math(EXPR size "${size} * ${taps}")
    endforeach()
  endif()
  set(${result} ${size} PARENT_SCOPE)
endfunction()

macro(lcn_source_begin)
  string(CONFIGURE "${header_begin}" header @ONLY)
  string(CONFIGURE "${source_begin}" source @ONLY)
endmacro()

# Adds the layer's functions to `header` and `source`.
macro(lcn_source_layer)
  string(REPLACE "," ";" parts "layer,${OPERATIONS}")
  if(NOT activation STREQUAL "linear" AND OPERATIONS MATCHES "backward")
    list(APPEND parts activation_gradient)
  endif()
  if(NOT implementation EQUAL 1)
    lcn_keras_kernel_size(keras_kernel_size)
    string(REPLACE "#include \"passes.h\"" "#include \"layer/pack_kernel.h\"\n#include \"passes.h\"" source "${source}")
    list(APPEND parts pack)
  endif()
  if(max_value_type STREQUAL "NULL")
    set(max_value "std::numeric_limits<float>::infinity()")
  endif()
  foreach(tensor IN ITEMS bias bias_gradient)
    set(${tensor}_parameter "")
    set(${tensor}_argument "nullptr")
  endforeach()
  if(bias STREQUAL "true")
    set(bias_parameter "const float* bias, ")
    set(bias_argument "bias")
    set(bias_gradient_parameter "float* bias_gradient, ")
    set(bias_gradient_argument "bias_gradient")
  endif()
  foreach(part IN LISTS parts)
    string(CONFIGURE "${${part}_declarations}" text @ONLY)
    string(APPEND header "${text}")
    string(CONFIGURE "${${part}_definitions}" text @ONLY)
    string(APPEND source "${text}")
  endforeach()
endmacro()

macro(lcn_source_write)
  file(WRITE ${FOLDER}/include/${LIBRARY}.h "${header}\n#endif\n")
  file(WRITE ${FOLDER}/${LIBRARY}.cpp "${source}")
endmacro()

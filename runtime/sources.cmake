# What plans and runs calls on processors: of the library, and of the planner, which has a table of its own.
set(LCN_PASS_SOURCES
    activation.cpp activation_gradient.cpp backward_input.cpp backward_input_band.cpp backward_input_dot.cpp
    backward_weights.cpp call.cpp forward.cpp forward_band.cpp forward_blocks.cpp forward_call.cpp forward_output.cpp
    forward_windows.cpp geometry.cpp kernel_table.cpp panels.cpp parallel.cpp plan.cpp plan_backward.cpp plan_forward.cpp
    sliding_columns.cpp tuned_table.cpp window_gradients.cpp window_gradients_together.cpp workspace.cpp)

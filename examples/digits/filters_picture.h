// A picture of what the first layer has learned.
#pragma once

#include "layer.h"
#include "png.h"

namespace digits {

// Above, the weights of the first `filters` filters: one panel per filter, in it the weights of every
// position at the place of that position. Below, the same less their mean over the positions, which is what a
// convolution, sharing them, could not have. Blue is negative, light grey zero, red positive; the two rows
// have a scale of their own each. Of several channels the first is shown.
Picture filters_picture(const Layer& layer, int filters);

}  // namespace digits

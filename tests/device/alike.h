// Whether what lcn declares of a driver's functions is what the driver's own headers declare.
#pragma once

#include <type_traits>

namespace lcn_test {

// 0: pointers, 1: signed numbers, 2: unsigned ones. The numbers of an enum are passed as those of either.
template <typename T>
constexpr int kind = std::is_pointer_v<T>  ? 0
                     : std::is_signed_v<T> ? 1
                                           : 2;
template <typename T, typename U>
constexpr bool passed_alike = sizeof(T) == sizeof(U) &&
                              (kind<T> == kind<U> || std::is_enum_v<T> || std::is_enum_v<U>);

// Whether a call is passed on alike: as many arguments, of the same sizes, pointers where there are pointers.
template <typename Theirs, typename Ours>
constexpr bool alike = false;

template <typename Result, typename... Arguments, typename OurResult, typename... OurArguments>
constexpr bool alike<Result (*)(Arguments...), OurResult (*)(OurArguments...)> = [] {
    if constexpr (sizeof...(Arguments) == sizeof...(OurArguments))
        return passed_alike<Result, OurResult> && (passed_alike<Arguments, OurArguments> && ...);
    return false;
}();

}  // namespace lcn_test

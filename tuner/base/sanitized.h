// Whether this is a build with the address and undefined-behaviour sanitizers, whose library uses
// memory and system calls of its own.
#pragma once

namespace tuner {

#if defined(__SANITIZE_ADDRESS__)
inline constexpr bool kSanitized = true;
#elif defined(__has_feature)
inline constexpr bool kSanitized = __has_feature(address_sanitizer);
#else
inline constexpr bool kSanitized = false;
#endif

}  // namespace tuner

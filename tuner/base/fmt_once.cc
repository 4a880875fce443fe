// libfmt's functions, compiled once for the whole program. Debian ships no static libfmt; the
// shared one costs every start 0.6 ms (it brings libstdc++.so along), and header-only mode costs
// every file 3 s of compiling. So this file alone is compiled in header-only mode
// (tuner/CMakeLists.txt), and emits what the others declare.
#include <fmt/format.h>

#include <cstdint>
#include <cstdio>

namespace tuner::fmt_once {

// Taking an address makes the compiler emit the function and all that it calls.
extern std::string (*const kFormat)(fmt::string_view, fmt::format_args);
std::string (*const kFormat)(fmt::string_view, fmt::format_args) = &fmt::vformat;

extern fmt::detail::thousands_sep_result<char> (*const kThousands)(fmt::detail::locale_ref);
fmt::detail::thousands_sep_result<char> (*const kThousands)(fmt::detail::locale_ref) =
    &fmt::detail::thousands_sep_impl<char>;

extern char (*const kPoint)(fmt::detail::locale_ref);
char (*const kPoint)(fmt::detail::locale_ref) = &fmt::detail::decimal_point_impl<char>;

extern void (*const kPrint)(fmt::string_view, fmt::format_args);
void (*const kPrint)(fmt::string_view, fmt::format_args) = &fmt::vprint;

extern void (*const kPrintTo)(std::FILE*, fmt::string_view, fmt::format_args);
void (*const kPrintTo)(std::FILE*, fmt::string_view, fmt::format_args) = &fmt::vprint;

// Of "{:?}" and of ranges; under a sanitizer clang does not leave the call out.
extern bool (*const kPrintable)(std::uint32_t);
bool (*const kPrintable)(std::uint32_t) = &fmt::detail::is_printable;

}  // namespace tuner::fmt_once

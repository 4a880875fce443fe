// libfmt's functions, compiled once for the whole program. Debian ships no static libfmt. The
// shared library adds 0.6 ms to each start (it loads libstdc++.so), and header-only mode adds 3 s
// to the compilation of each file. So only this file is compiled in header-only mode
// (tuner/CMakeLists.txt); it emits the functions that the other files only declare.
#include <fmt/format.h>

#include <cstdint>
#include <cstdio>

namespace tuner::fmt_once {

// Taking an address makes the compiler emit the function and all functions that it calls.
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

// Called by "{:?}" and by the formatting of ranges. With a sanitizer clang keeps this call.
extern bool (*const kPrintable)(std::uint32_t);
bool (*const kPrintable)(std::uint32_t) = &fmt::detail::is_printable;

}  // namespace tuner::fmt_once

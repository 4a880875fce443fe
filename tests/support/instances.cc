// The library's templates that the tests spend their time in, compiled with -O2. A program has one
// copy of an inline function, the first that the linker sees: with those of the tests, compiled
// with -O0, the program's own code ran at their speed.
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

template class std::basic_string<char>;
template class std::basic_string_view<char>;
template class std::vector<std::string>;
template class std::vector<std::string_view>;
template class std::map<std::string, std::string>;
template class std::map<std::string, std::string, std::less<>>;
template class std::set<std::string>;
template class std::set<std::string, std::less<>>;

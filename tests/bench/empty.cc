// What starting any C++ program costs here: the yardstick.
int main() {}

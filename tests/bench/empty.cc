// The reference program: shows the cost of starting any C++ program.
int main() {}

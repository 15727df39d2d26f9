// A program of 32 bits that its loader starts: it asks for one name and ends. No C library for 32 bits is needed.
extern "C" [[noreturn]] void _start()
{
  const char* const name = "missing";
  int result = 0;
  asm volatile("int $0x80" : "=a"(result) : "a"(33), "b"(name), "c"(0) : "memory"); // access
  asm volatile("int $0x80" : : "a"(1), "b"(result == -2 ? 0 : 1));
  while (true) continue;
}

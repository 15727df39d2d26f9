// What programs and socket addresses say of themselves, right and wrong.
#include "runner/sandbox/observe/socket_address.h"
#include "runner/sandbox/program_header.h"

#include <arpa/inet.h>
#include <cstring>
#include <elf.h>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <netinet/in.h>
#include <sys/socket.h>

namespace sluice::sandbox {
namespace {

TEST(ProgramHeader, AScriptNamesItsInterpreter)
{
  EXPECT_EQ(read_program_header("#!/bin/sh\necho\n").interpreter, "/bin/sh");
  EXPECT_EQ(read_program_header("#! \t/usr/bin/env python3\n").interpreter, "/usr/bin/env");
  EXPECT_EQ(read_program_header("#!tool").interpreter, "tool"); // relative, no newline
  EXPECT_EQ(read_program_header("#!/bin/sh").form, ProgramForm::script);
  for (const char* none : {"#!\n/bin/sh\n", "#!   ", "#", "", "text"})
    EXPECT_EQ(read_program_header(none).interpreter, "") << none;
}

TEST(ProgramHeader, ThisProgramNamesItsLoader)
{
  std::ifstream file("/proc/self/exe", std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  const ProgramHeader header = read_program_header(bytes);
  EXPECT_EQ(header.form, ProgramForm::elf);
  EXPECT_NE(header.interpreter.find("ld-linux"), std::string::npos) << header.interpreter;
  // Cut anywhere it asks for more or finds nothing, and never reads beyond.
  for (std::size_t size = 0; size < 600; ++size) {
    const ProgramHeader cut = read_program_header(std::string_view(bytes).substr(0, size));
    EXPECT_TRUE(cut.interpreter.empty() || size >= 64);
    EXPECT_TRUE(cut.form != ProgramForm::elf || !cut.interpreter.empty() || cut.wants_bytes > size) << size;
  }
}

TEST(ProgramHeader, OffsetsThatLeadNowhereAreNoPrograms)
{
  Elf64_Ehdr header{};
  std::memcpy(header.e_ident, ELFMAG, SELFMAG);
  header.e_ident[EI_CLASS] = ELFCLASS64;
  header.e_ident[EI_DATA] = ELFDATA2LSB;
  header.e_type = ET_DYN;
  header.e_machine = EM_X86_64;
  header.e_phnum = 0xffff;
  for (const std::uint64_t offset :
       {std::uint64_t{0}, ~std::uint64_t{0}, ~std::uint64_t{0} - 60, std::uint64_t{1} << 40}) {
    header.e_phoff = offset;
    EXPECT_EQ(read_program_header({reinterpret_cast<const char*>(&header), sizeof header}).interpreter, "");
  }
  header.e_machine = EM_AARCH64;
  EXPECT_EQ(read_program_header({reinterpret_cast<const char*>(&header), sizeof header}).form, ProgramForm::foreign);
}

using Reach = SocketAddress::Reach;

SocketAddress internet(const char* text)
{
  sockaddr_in four{};
  four.sin_family = AF_INET;
  four.sin_port = htons(80);
  if (::inet_pton(AF_INET, text, &four.sin_addr) == 1)
    return read_socket_address({reinterpret_cast<const char*>(&four), sizeof four});
  sockaddr_in6 six{};
  six.sin6_family = AF_INET6;
  six.sin6_port = htons(80);
  ::inet_pton(AF_INET6, text, &six.sin6_addr);
  return read_socket_address({reinterpret_cast<const char*>(&six), sizeof six});
}

TEST(SocketAddress, TellsWhatIsOutside)
{
  EXPECT_EQ(internet("127.9.0.1").reach, Reach::loopback);
  EXPECT_EQ(internet("::1").reach, Reach::loopback);
  EXPECT_EQ(internet("::ffff:127.0.0.1").reach, Reach::loopback);
  EXPECT_EQ(internet("192.0.2.1").reach, Reach::outside);
  EXPECT_EQ(internet("192.0.2.1").text, "192.0.2.1:80");
  EXPECT_EQ(internet("2001:db8::1").text, "[2001:db8::1]:80");
  EXPECT_EQ(internet("::ffff:192.0.2.1").reach, Reach::outside);
}

TEST(SocketAddress, NamesOfLocalSocketsEndWithTheirBytes)
{
  const auto local = [](std::string bytes) {
    const sa_family_t family = AF_UNIX;
    return read_socket_address(std::string(reinterpret_cast<const char*>(&family), sizeof family) + bytes);
  };
  EXPECT_EQ(local("/run/x").text, "/run/x");
  EXPECT_EQ(local(std::string("/run/x\0rest", 11)).text, "/run/x");
  EXPECT_EQ(local(std::string("\0name", 5)).text, "@name");
  EXPECT_EQ(local(std::string("\0name", 5)).reach, Reach::abstract);
  EXPECT_EQ(local("").reach, Reach::nothing);
  EXPECT_EQ(read_socket_address("").reach, Reach::nothing);
  EXPECT_EQ(read_socket_address(std::string("\x28\0", 2)).text, "address family 40");
}

} // namespace
} // namespace sluice::sandbox

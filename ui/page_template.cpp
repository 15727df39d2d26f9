#include "ui/page_template.h"

#ifdef SLUICE_PAGE_FILE
// The assembler reads the file: a string literal of this size would take the compiler a second for nothing.
__asm__(".section .rodata\n"
        ".global sluice_page_begins\n"
        ".global sluice_page_ends\n"
        "sluice_page_begins:\n"
        ".incbin \"" SLUICE_PAGE_FILE "\"\n"
        "sluice_page_ends:\n"
        ".byte 0\n"
        ".previous\n");
extern "C" const char sluice_page_begins[], sluice_page_ends[];
#endif

namespace sluice::ui {

std::string_view page_template()
{
#ifdef SLUICE_PAGE_FILE
  return {sluice_page_begins, static_cast<std::size_t>(sluice_page_ends - sluice_page_begins)};
#else
  return {};
#endif
}

} // namespace sluice::ui

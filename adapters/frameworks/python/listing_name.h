// The name of an input of the kind "listing": a folder, and the globs of test files whose coming and going does not
// count. It does not look at the folder.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sluice::frameworks {

struct ListingName {
  std::string folder;
  std::vector<std::string> other_tests;

  // The folder, then for each glob a newline and the glob; newlines and backslashes of theirs are escaped.
  std::string text() const;
  static ListingName parse(std::string_view text);

  // True for a test file that `other_tests` matches and that is named like one ("test_cart.py", "cart.test.js"). One
  // that is not ("util.py") may be found where another file of its name was found before. Folders are never left out;
  // `path` is none.
  bool leaves_out(const std::string& path) const;
};

bool is_other_test(const std::vector<std::string>& globs, const std::string& path);

// Of a name without its extension: "test_cart", "cart_test".
bool is_named_like_a_test(std::string_view stem);

} // namespace sluice::frameworks

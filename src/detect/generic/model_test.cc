#include "detect/generic/model.h"

#include <gtest/gtest.h>
TEST(GenericModel, Loads) {
  EXPECT_FALSE(spillguard::detect::generic::Model::built_in().version().empty());
}

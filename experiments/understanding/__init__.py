"""What effects hang on: sensitivity indices, where they turn, how well a stand-in tells them."""

"""What an experiment is: specs, designs, and the arms and cells that follow from them."""

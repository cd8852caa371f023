"""Drawing lots: the null models give a lever's decisions to those with the smallest draws."""

from agents.compiling import loop


@loop
def threshold_of(values, count, k):
    """Return the k-th smallest (k from 1) of the first `count` values, reordering them (quickselect; k <= count)."""
    low, high, wanted = 0, count - 1, k - 1
    while low < high:
        pivot = values[(low + high) // 2]
        left, right = low, high
        while left <= right:
            while values[left] < pivot:
                left += 1
            while pivot < values[right]:
                right -= 1
            if left <= right:
                values[left], values[right] = values[right], values[left]
                left += 1
                right -= 1
        if wanted <= right:
            high = right
        elif wanted >= left:
            low = left
        else:
            return values[wanted]
    return values[wanted]

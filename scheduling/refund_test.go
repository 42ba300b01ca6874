package scheduling

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
)

func TestPart(t *testing.T) {
	t.Run("it is exact for all amounts, and halves round up to the guest", func(t *testing.T) {
		r := rand.New(rand.NewPCG(1, 2))
		for range 100_000 {
			amount, share := r.Int64N(math.MaxInt64)>>r.IntN(63), r.IntN(all+1)
			want := new(big.Int).Mul(big.NewInt(amount), big.NewInt(int64(share)))
			want.Add(want, big.NewInt(all/2)).Div(want, big.NewInt(all))
			got := part(frontdesk.Money{Amount: amount, Currency: "eur"}, share)
			require.Equal(t, want.Int64(), got.Amount, "%d of %d", share, amount)
			require.LessOrEqual(t, got.Amount, amount)
		}
		require.EqualValues(t, 1, part(frontdesk.Money{Amount: 1}, 5000).Amount)
		require.EqualValues(t, math.MaxInt64, part(frontdesk.Money{Amount: math.MaxInt64}, all).Amount)
	})

	t.Run("more notice never gives less, when tiers do not", func(t *testing.T) {
		r := rand.New(rand.NewPCG(3, 4))
		for range 2000 {
			var p Policy
			for i := range 1 + r.IntN(MaxRefunds) {
				p.Refunds = append(p.Refunds, RefundTier{Notice: time.Duration(i*7+r.IntN(7)) * time.Hour, BasisPoints: i * 1000})
			}
			r.Shuffle(len(p.Refunds), func(i, j int) { p.Refunds[i], p.Refunds[j] = p.Refunds[j], p.Refunds[i] })
			before := 0
			for left := time.Duration(0); left < 80*time.Hour; left += time.Hour {
				share := p.share(left)
				require.GreaterOrEqual(t, share, before)
				before = share
			}
			for _, tier := range p.Refunds {
				require.Equal(t, tier.BasisPoints, p.share(tier.Notice), "a tier begins at exactly its notice")
			}
		}
		require.Equal(t, all, Policy{}.share(0))
	})
}

func TestPolicyRefund(t *testing.T) {
	t.Run("it is what Cancel gives back", func(t *testing.T) {
		p := Policy{Refunds: []RefundTier{{Notice: 24 * time.Hour, BasisPoints: all}, {Notice: 2 * time.Hour, BasisPoints: all / 2}}}
		for left, want := range map[time.Duration]int64{48 * time.Hour: 4901, 3 * time.Hour: 2451, time.Hour: 0} {
			require.Equal(t, frontdesk.Money{Amount: want, Currency: "eur"}, p.Refund(frontdesk.Money{Amount: 4901, Currency: "eur"}, left))
		}
	})
}

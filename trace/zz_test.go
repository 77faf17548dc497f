package trace_test
import ("testing";"context";"fmt";"os";"time"
"github.com/coldtrail/coldtrail/casefile"
"github.com/coldtrail/coldtrail/trace")
func TestZZ(t *testing.T){
 var c *casefile.Case; var err error
 if f:=os.Getenv("ZZF"); f!="" { c,err=casefile.Open(f,os.Getenv("ZZD")) } else { c,err=casefile.Embedded(os.Getenv("ZZ"))}
 if err!=nil{t.Fatal(err)}
 st:=time.Now()
 l,err:=casefile.Load(context.Background(),c); if err!=nil{t.Fatal(err)}
 fmt.Println("load",time.Since(st)); st=time.Now()
 q,err:=trace.FromCase(l); if err!=nil{t.Fatal(err)}
 tr,err:=trace.Run(context.Background(),l.Graph,q); if err!=nil{t.Fatal(err)}
 fmt.Println("run",time.Since(st), len(tr.Places), tr.Warnings, tr.Stamp.Completeness, tr.Stamp.Ties, tr.Stamp.Read)
 for _,v:=range trace.Check(l,tr){ if v.Status=="ok"{fmt.Println("ok",v.Title)} else if v.Status=="mismatch" {fmt.Printf("%s %s\n   want %s\n   got %s\n",v.Status,v.Title,v.Want,v.Got)}}
 if os.Getenv("ZZP")!="" { for i,p:=range tr.Places { if i>40 {break}; fmt.Println(p.ID,p.Value, p.Figures[0].Amounts) ; if b:=p.Figures[0].Bound;b!=nil{fmt.Println("   ",b.L,b.U)} } 
  for _,u:=range tr.Unobserved{ fmt.Println(u.Pool.Account,u.Asset.Format(u.Amount))}
  for _,g:=range tr.Groups{ fmt.Println(g.Name,g.Asset.Symbol,g.Figures[0].Amounts, g.Figures[0].Bound!=nil); if b:=g.Figures[0].Bound;b!=nil{fmt.Println("   ",b.L,b.U,len(b.CutU),len(b.CutL))}} }
}
